"""What is deployed says what it is made of, from which source, and whether that is known to be vulnerable."""

from __future__ import annotations

import json
import subprocess

import pytest

from infra import provenance
from infra.build import artifact, audit, contents
from tests.cli.conftest import typing

# As pip-audit 2.10 wrote them: the first where PyPI's JSON could not be had, the second shortened from its README.
PASSED_OVER = """{"dependencies": [{"name": "attrs", "skip_reason": "Dependency not found on PyPI and could not be
 audited: attrs (26.1.0)"}], "fixes": []}""".replace("\n", "")
VULNERABLE = """{"dependencies": [{"name": "flask", "version": "0.5", "vulns": [{"id": "PYSEC-2019-179", "fix_versions":
 ["1.0"], "aliases": ["CVE-2019-1010083"], "description": "."}]}, {"name": "idna", "version": "3.20", "vulns": []}],
 "fixes": []}""".replace("\n", "")
CLEAN = '{"dependencies": [{"name": "idna", "version": "3.20", "vulns": []}], "fixes": []}'


@pytest.mark.parametrize(
    ("told", "status", "says"),
    [
        (CLEAN, 0, "desk: 1 libraries, and no vulnerability of theirs is known"),
        (VULNERABLE, 1, "desk: flask 0.5: PYSEC-2019-179, fixed in 1.0"),
        (PASSED_OVER, 2, "desk: 1 of 1 libraries could NOT be audited"),
        ('{"dependencies": [], "fixes": []}', 2, ""),
    ],
    ids=["clean", "vulnerable", "not asked", "nothing"],
)
def test_an_audit_is_clean_only_where_every_library_was_asked_about(told, status, says):
    found = audit.read(told)
    assert found.status == status
    assert says in audit.told("desk", found)


@pytest.mark.parametrize(
    ("of_voice", "of_desk", "status"),
    [
        (CLEAN, CLEAN, 0),
        (CLEAN, VULNERABLE, 1),
        (VULNERABLE, CLEAN, 1),
        (PASSED_OVER, VULNERABLE, 1),
        (VULNERABLE, PASSED_OVER, 1),
        (PASSED_OVER, CLEAN, 2),
        ("no JSON", VULNERABLE, 1),
        ("no JSON", CLEAN, 2),
        (CLEAN, "no JSON", 2),
    ],
    ids=lambda one: {CLEAN: "clean", VULNERABLE: "vulnerable", PASSED_OVER: "not asked"}.get(one, str(one)),
)
def test_the_worst_of_all_that_is_deployed_is_the_exit_status(monkeypatch, of_voice, of_desk, status):
    told = {"voice.txt": of_voice, "desk.txt": of_desk}
    monkeypatch.setattr(audit, "audit", lambda requirements: audit.read(told[requirements.name]))
    assert audit.main(["voice", "desk"]) == status


def test_all_that_is_deployed_is_audited():
    assert set(audit.DEPLOYED) == {artifact.requirements_of(one).stem for one in contents.THEIRS}


@pytest.mark.slow
def test_an_audit_without_an_answer_says_so(monkeypatch, capsys):
    """Nothing is reached through this proxy: pip-audit fails, and does not pass for a clean bill."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert audit.main(["voice"]) == 2
    assert "voice: nothing could be audited" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("function", ["voice", "desk"])
def test_the_bill_lists_what_is_in_the_artifact(artifact_of, function, tmp_path):
    from infra.build import sbom

    (tmp_path / "build").mkdir()
    artifact = tmp_path / "build" / f"{function.title()}Function"
    artifact.symlink_to(artifact_of(function))
    counted = sbom.main(tmp_path / "build", tmp_path / "sbom")
    bill = json.loads((tmp_path / "sbom" / f"{artifact.name}.cdx.json").read_text("utf-8"))
    libraries = {one["name"]: one for one in bill["components"]}
    assert counted == {artifact.name: len(libraries)}
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert libraries["tzdata"]["purl"].startswith("pkg:pypi/tzdata@")
    assert ("cryptography" in libraries) == (function == "desk")
    assert "boto3" not in libraries
    assert all(one["licenses"] for one in libraries.values())
    made = bill["metadata"]["component"]
    assert (made["name"], made["version"]) == (f"call-screening-ivr {artifact.name}", provenance.version())
    licences = (tmp_path / "sbom" / "licences.md").read_text("utf-8")
    assert "not said" not in licences
    for name, one in libraries.items():
        assert f"| {name} | {one['version']} |" in licences


@pytest.mark.slow
def test_without_a_build_there_is_no_bill(tmp_path):
    from infra.build import sbom

    with pytest.raises(sbom.SbomError, match="make build"):
        sbom.main(tmp_path, tmp_path)


# Which source it is.


@pytest.fixture
def checkout(tmp_path):
    """A git checkout with one commit."""

    def git(*words):
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        return subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True, text=True)

    git("init", "-q")
    (tmp_path / "voice.py").write_text("handler = 1\n")
    git("add", ".")
    git("commit", "-qm", "First")
    return tmp_path, git("rev-parse", "--short=12", "HEAD").stdout.strip()


def test_the_commit_says_whether_files_differ_from_it(checkout):
    folder, head = checkout
    assert provenance.commit_of(folder) == head
    (folder / "voice.py").write_text("handler = 2\n")
    assert provenance.commit_of(folder) == f"{head}-changed"


def test_a_folder_inside_another_checkout_has_no_commit_of_its_own(checkout):
    """A released archive that somebody unpacked there."""
    folder, _ = checkout
    (folder / "unpacked").mkdir()
    assert provenance.commit_of(folder / "unpacked") == ""


def test_without_git_there_is_no_commit(checkout, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.commit_of(checkout[0]) == ""


def test_the_command_says_which_one_it_is(tmp_path, monkeypatch):
    type_ = typing(tmp_path / "stack.json")
    monkeypatch.setattr(provenance, "commit_of", lambda _: "4f3a90bb71c2")
    assert type_("--version").out == f"ivr {provenance.version()}, commit 4f3a90bb71c2\n"
    monkeypatch.setattr(provenance, "commit_of", lambda _: "")
    assert type_("--version").out == f"ivr {provenance.version()}, of no git checkout\n"
