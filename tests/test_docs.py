"""The documents are true: generated parts are current, and every file, command and setting that they name exists."""

from __future__ import annotations

import ast
import functools
import re
import shlex
import tomllib
from typing import TYPE_CHECKING

import click
import pytest

from infra.build import docs
from infra.cli.main import main as ivr
from infra.local import template
from infra.local.documented import documented
from infra.operate import runbook
from ivr.flow.pages import BOOK

if TYPE_CHECKING:
    from pathlib import Path

README = docs.ROOT / "README.md"
TEXTS = {document: document.read_text("utf-8") for document in docs.documents()}
TEXTS |= {docs.ROOT / name: (docs.ROOT / name).read_text("utf-8") for name in ("CONTRIBUTING.md", "SECURITY.md")}
EVERY_DOCUMENT = pytest.mark.parametrize("document", TEXTS, ids=lambda document: document.name)
ALL = "\n".join(TEXTS.values())

_CONSOLE = re.compile(r"^ *```console\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_PAPER = re.compile(r"\b(?:DESIGN|FACTS|STYLE)(?: \d|\.md)|\b(?:faults|house)\.md")
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:docs|environments|handlers|infra|ivr|requirements|tests)/[\w./-]*)`")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
_TERM = re.compile(r"^\| \*\*(.+?)\*\* \| (.+) \| (.*) \|$", re.MULTILINE)
_SUBJECT_COMMANDS = re.compile(r"`(ivr [a-z][^`\n]*)`")


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(document, id=document.name, marks=[pytest.mark.slow] if "<!-- ivr call --seed" in text else [])
        for document, text in TEXTS.items()  # each call gets a stack of its own
    ],
)
def test_the_generated_parts_are_current(document):
    assert docs.filled(TEXTS[document]) == TEXTS[document], "run: .venv/bin/python -m infra.build.docs"


@EVERY_DOCUMENT
def test_every_relative_link_leads_somewhere(document):
    lost = [link for link in _LINK.findall(TEXTS[document]) if "://" not in link and not _is_there(document, link)]
    assert lost == []


@EVERY_DOCUMENT
def test_every_path_that_it_names_is_there(document):
    assert [path for path in _PATH.findall(TEXTS[document]) if not (docs.ROOT / path).exists()] == []


@EVERY_DOCUMENT
def test_every_test_that_it_names_is_there(document):
    named = _TEST.findall(TEXTS[document])
    assert [f"{path}::{name}" for path, name in named if name not in _tests_in(docs.ROOT / path)] == []


@pytest.mark.parametrize("name", ["deploy", "doctor", "administer", "runbook", "recover"])
def test_a_page_for_ops_says_where_the_command_is(name):
    assert ".venv/bin" in TEXTS[docs.ROOT / "docs" / f"{name}.md"]


def test_the_number_of_functions_is_the_templates():
    functions = [one for one in template.resources().values() if one["Type"] == "AWS::Serverless::Function"]
    always = sum("Condition" not in one for one in functions)
    words = {5: "five", 6: "six", 7: "seven"}
    said = f"{words[always]} Lambda functions ({words[len(functions)]} with the desk's pages)"
    assert said in TEXTS[docs.ROOT / "docs" / "deploy.md"]


def test_every_threat_names_its_tests():
    rows = [line for line in TEXTS[docs.ROOT / "docs/security.md"].splitlines() if line.startswith("| ")]
    threats = [row for row in rows if not row.startswith("| Attack")]
    assert len(threats) > 40
    assert [row for row in threats if not _TEST.search(row.rpartition(" | ")[2])] == []


@EVERY_DOCUMENT
def test_every_ivr_command_that_it_names_exists_with_those_options(document):
    for line in (*_ivr_lines(TEXTS[document]), *_SUBJECT_COMMANDS.findall(TEXTS[document])):
        _resolve(line)


@EVERY_DOCUMENT
def test_every_make_target_that_it_names_is_there(document):
    makefile = (docs.ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    text = TEXTS[document]
    named = set(re.findall(r"`make ([a-z-]+)", text)) | {
        target for block in _CONSOLE.findall(text) for target in re.findall(r"^ *make ([a-z-]+)", block, re.MULTILINE)
    }
    assert named <= targets


def test_no_file_cites_a_paper_that_the_repository_does_not_have():
    folders = ("docs", "environments", "handlers", "infra", "ivr", "requirements", "tests")
    files = [
        file
        for file in docs.ROOT.iterdir()
        if file.is_file() and file.name[0] != "." and file.suffix in {".md", ".toml", ".yaml", ""}
    ]
    files += [
        file for name in folders for file in (docs.ROOT / name).rglob("*") if file.suffix in {".md", ".py", ".toml"}
    ]
    assert len(files) > len(TEXTS)
    assert [str(file) for file in files if _PAPER.search(file.read_text("utf-8"))] == []


def test_the_readme_is_short_enough_to_be_read():
    assert len(README.read_bytes()) < 8192


def test_every_document_is_reached_from_the_readme():
    reached, ahead = set(), [README]
    while ahead:
        document = ahead.pop()
        if document not in reached and document.suffix == ".md":
            reached.add(document)
            links = (link.partition("#")[0] for link in _LINK.findall(document.read_text("utf-8")) if "://" not in link)
            ahead += [(document.parent / link).resolve() for link in links if link]
    assert set(TEXTS) <= reached


def test_every_setting_stands_in_the_settings():
    text = TEXTS[docs.ROOT / "docs" / "settings.md"]
    assert [name for name in documented() if f"`{name}`" not in text] == []


def test_every_command_is_mentioned():
    assert [name for name in ivr.commands if f"ivr {name}" not in ALL and f"make {name}" not in ALL] == []


def test_every_page_has_its_diagram():
    text = TEXTS[docs.ROOT / "docs" / "call-flow.md"]
    assert [page for page in BOOK.pages if f"<!-- ivr flow {page} -->" not in text] == []


def test_every_verdict_has_its_transcript():
    text = TEXTS[docs.ROOT / "docs" / "calls.md"]
    assert [
        verdict for verdict in ("unknown", "trusted", "flagged", "blocked") if f"Verdict: {verdict}" not in text
    ] == []


def test_the_layers_are_those_that_import_linter_holds():
    contracts = tomllib.loads((docs.ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    held = next(contract["layers"] for contract in contracts if contract.get("containers") == ["ivr"])
    shown = re.search(
        r"^## Layers$.*?^```text\n(.*?)^```", TEXTS[docs.ROOT / "docs" / "architecture.md"], re.DOTALL | re.MULTILINE
    )
    assert shown
    assert shown[1].splitlines() == held


def test_every_term_of_the_glossary_has_a_file_that_uses_it():
    """Letters alone are compared, so that "ring-back" is found in ``RingBack``; and "tally" is in ``Tallies``."""
    rows = _TERM.findall(TEXTS[docs.ROOT / "docs" / "glossary.md"])
    terms = [term for term, _, _ in rows]
    assert len(terms) > 50
    assert terms == sorted(set(terms), key=str.lower)
    assert [term for term, _, where in rows if _letters(term).removesuffix("y") not in _letters(_files(where))] == []


def test_every_alarm_has_its_place_in_the_runbook_with_three_things_to_do():
    text = TEXTS[runbook.PATH]
    alarms = [name for name, one in template.resources().items() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) > 30
    for name in alarms:
        _, _, told = text.partition(f"\n### {name.removesuffix('Alarm')}\n")
        assert re.findall(r"^(\d)\. ", told.partition("\n#")[0], re.MULTILINE) == ["1", "2", "3"], name


def _files(where: str) -> str:
    """Names and text of the files, and of the folders' files, that a cell of a table names."""
    paths = [docs.ROOT / path for path in re.findall(r"`([^`]+)`", where)]
    files = [file for path in paths for file in (path.rglob("*.*") if path.is_dir() else [path])]
    return "\n".join(f"{file}\n{file.read_text('utf-8')}" for file in files if file.suffix in {".py", ".toml", ".yaml"})


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def _is_there(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    return target.exists() and (not anchor or anchor in _anchors(target.read_text("utf-8")))


def _anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of headings: small letters, and hyphens for blanks."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@functools.cache
def _tests_in(path: Path) -> set[str]:
    """The tests of a module as pytest names them: test_..., and Class::test_...."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return found


def _ivr_lines(text: str) -> list[str]:
    """Every line of a console block that runs ``ivr``."""
    lines = (line.strip() for block in _CONSOLE.findall(text) for line in block.splitlines())
    return [line.removeprefix(".venv/bin/") for line in lines if line.removeprefix(".venv/bin/").startswith("ivr ")]


def _resolve(line: str) -> None:
    """Parse a command as far as it is written: its words name commands, and its options are theirs."""
    words = shlex.split(line.replace("...", ""))[1:]
    command: click.Command = ivr
    while isinstance(command, click.Group):
        while words and words[0].startswith("--"):  # an option of the group: those of `ivr` take a value
            assert any(words[0] in option.opts for option in command.params), line
            words = words[2:]
        if not words:
            return  # a group by itself
        assert words[0] in command.commands, f"{line}: there is no command {words[0]!r}"
        command, words = command.commands[words[0]], words[1:]
    options = {"--help"} | {
        name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
    }
    assert [word for word in words if word.startswith("--") and word not in options] == [], line
