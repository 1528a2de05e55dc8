"""The help of every command: it ends with an example, the example is one that can be typed, and lists have --json."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import textwrap

import click
import pytest
import yaml
from click.testing import CliRunner

from infra.cli.main import main

_EXAMPLE = re.compile(r"^ *(ivr .+)$", re.MULTILINE)


def walk(command, path=("ivr",)):
    if isinstance(command, click.Group):
        for name, under in command.commands.items():
            yield from walk(under, (*path, name))
    else:
        yield path, command


COMMANDS = {" ".join(path): command for path, command in walk(main)}


LISTS = [
    name for name in COMMANDS if name.rpartition(" ")[2] in {"list", "show", "call-backs"} and "prompts" not in name
]


def examples(command):
    return _EXAMPLE.findall(command.epilog or "")


@pytest.mark.parametrize("name", COMMANDS)
def test_it_ends_with_an_example_of_this_very_command(name):
    found = examples(COMMANDS[name])
    assert found, f"{name} has no example: epilog=options.example(...)"
    typed = [one.replace("--stack NAME ", "") for one in found]
    assert [one for one in typed if not f"{one} ".startswith(f"{name} ")] == [] or name.startswith("ivr sms ")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_can_be_typed(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for example in examples(COMMANDS[name]):
        command, words = main, shlex.split(example)[1:]
        for file in (word for word in words if word.endswith(".csv")):
            (tmp_path / file).touch()
        context = click.Context(main, **main.context_settings)  # click keeps the names of the help option
        while isinstance(command, click.Group):
            words = words[2:] if words[0] == "--stack" else words
            command, words = command.commands[words[0]], words[1:]
            context = click.Context(command, parent=context, info_name=command.name, obj=_Nowhere())
        with context:
            command.parse_args(context, list(words))  # raises UsageError for what can't be parsed


class _Nowhere:
    """A place of whose credentials nobody is asked."""

    def caller_identity(self):
        return None


@pytest.mark.parametrize("name", LISTS)
def test_what_shows_something_prints_json_for_a_program(name):
    assert "--json" in {option for parameter in COMMANDS[name].params for option in parameter.opts}


def test_the_help_shows_the_example(ivr):
    told = ivr("rules", "add", "-h").out
    assert 'Examples:\n    ivr rules add +96890 flagged --note "rings once and hangs up" --try\n' in told


def test_the_version_names_the_commit(ivr):
    assert re.fullmatch(
        r"ivr \d+\.\d+\.\d+, (commit [0-9a-f]{12}(-changed)?|of no git checkout)\n", ivr("--version").out
    )


@pytest.mark.slow
def test_a_list_does_not_wait_for_what_only_other_commands_need():
    heavy = {"infra.carrier", "boto3", "requests", "simpy"}
    told = "import sys, infra.cli.main; print(sorted(set(sys.modules) & " + repr(heavy) + "))"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_shows_no_mark_of_its_layout_and_no_empty_choice(name):
    shown = COMMANDS[name].get_help(click.Context(COMMANDS[name], info_name=name))
    assert "\\b" not in shown
    assert "[|" not in shown


def test_the_call_script_in_the_help_can_be_copied():
    shown = COMMANDS["ivr call"].get_help(click.Context(COMMANDS["ivr call"], info_name="ivr call"))
    (script,) = re.findall(r"^ +title:.*?^ *$", shown, re.DOTALL | re.MULTILINE)
    [call] = yaml.safe_load(textwrap.dedent(script))["calls"]
    assert (call["from"], call["customer"]["keys"], call["outcome"]) == ("+96891234567", "9 1 2", "reported")


def test_what_is_missing_is_named_as_make_takes_it():
    told = CliRunner().invoke(main, ["call", "--to", "+12025550100"])
    assert "Missing option '--from' (of make call: FROM=+96891234567), or --script FILE." in told.stderr
