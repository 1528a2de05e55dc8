"""An environment file (environments/prod.toml): the values of template.yaml's parameters, checked before SAM runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.deploy.environment_error import EnvironmentFileError
from infra.deploy.environment_text import line_of, parsed
from infra.deploy.template import environment
from infra.local import template
from ivr.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = Path(__file__).resolve().parents[2] / "environments"
_FUNCTION = "VoiceFunction"  # the function that gets every setting
_KEEP_VERSIONS = 3
_MOST_VERSIONS = 20
_ABOVE = frozenset({"stack_name", "region", "keep_versions"})  # of the file itself
_KNOWN = _ABOVE | {"tags", "parameters"}
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")
# AWS takes more, but SAM's command line splits at blanks and quotation marks.
_TAG = re.compile(r"(?!aws:)[A-Za-z0-9_.:/+@-]{1,128}")
_MOST_TAGS = 50
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Environment:
    """The content of an environment file."""

    stack_name: str
    region: str  # empty: that of the AWS profile
    parameters: Mapping[str, str]  # those that the file sets
    tags: Mapping[str, str]  # of all that is deployed
    keep_versions: int  # of the voice function, with the one that answers calls


def read(name: str, folder: Path = FOLDER) -> Environment:
    """Read and check the file of an environment. Raises ``EnvironmentFileError`` for the first mistake."""
    path = folder / f"{name}.toml"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise EnvironmentFileError(f"ENV is {name!r}: it names a file in environments/, such as prod")
    try:
        text, content = parsed(path.read_bytes(), f"environments/{name}.toml")
    except FileNotFoundError as error:
        raise EnvironmentFileError(
            f"environments/{name}.toml does not exist: copy environments/prod.example.toml to it and fill it in"
        ) from error
    except OSError as error:
        raise EnvironmentFileError(f"environments/{name}.toml can't be read: {error}") from error
    return _File(name, text).checked(content)


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    text: str

    def checked(self, content: Mapping[str, Any]) -> Environment:
        for key in content:
            if key not in _KNOWN:
                raise self._wrong(key, f"{key!r} is not known here{_instead(key)}")
        region = self._text("region", content.get("region", ""))
        if region and not _REGION.fullmatch(region):
            raise self._wrong("region", f"{region!r} is no region of AWS, such as me-central-1")
        given = self._table(content, "parameters")
        answers = {key: self._text(key, value) for key, value in given.items()}
        for name, value in given.items():
            self._check(name, value)
        for name, one in template.parameters().items():
            if "Default" not in one and name not in answers:
                raise EnvironmentFileError(
                    f"environments/{self.name}.toml does not set {name}, which has no default: {one['Description']}"
                )
        self._check_settings(answers)
        self._check_domain(answers, region)
        stack = self._text("stack_name", content.get("stack_name", f"call-screening-{self.name}"))
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", stack):
            raise self._wrong("stack_name", f"{stack!r} is no name of a stack: letters, digits and hyphens")
        return Environment(stack, region, answers, self._tags(content), self._keep_versions(content))

    def _tags(self, content: Mapping[str, Any]) -> dict[str, str]:
        tags = {key: self._text(key, value) for key, value in self._table(content, "tags").items()}
        for key, value in tags.items():
            if not _TAG.fullmatch(key) or not _TAG.fullmatch(value):
                raise self._wrong(
                    key, f"{_seen(key)}={_seen(value)} is no tag: letters, digits and _.:/+@- and no blank"
                )
        if len(tags) > _MOST_TAGS:
            raise self._wrong("tags", f"{len(tags)} are more than AWS allows: {_MOST_TAGS}")
        return tags

    def _keep_versions(self, content: Mapping[str, Any]) -> int:
        kept = self._text("keep_versions", content.get("keep_versions", _KEEP_VERSIONS))
        if not re.fullmatch(r"[0-9]{1,2}", kept) or not 1 <= int(kept) <= _MOST_VERSIONS:
            raise self._wrong("keep_versions", f"{kept!r} must be a whole number from 1 to {_MOST_VERSIONS}")
        return int(kept)

    def _table(self, content: Mapping[str, Any], name: str) -> dict[str, Any]:
        table = content.get(name, {})
        if not isinstance(table, dict):
            raise self._wrong(name, f"{table!r} must be a table: a line [{name}], and below it a line for each value")
        return table

    def _text(self, key: str, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self._wrong(key, f"{value!r} must be text between quotation marks, or a whole number")
        return str(value)

    def _check(self, name: str, value: str | int) -> None:
        if name in _ABOVE:
            raise self._wrong(name, "this line belongs above [parameters], at the top of the file")
        try:
            checked_answer(name, str(value))
        except EnvironmentFileError as error:
            marks = isinstance(value, int) and template.parameters().get(name, {}).get("Type") == "String"
            quote = " Write it between quotation marks: TOML takes a + away from a number." if marks else ""
            raise self._wrong(name, f"{error}{quote}") from error

    def _check_settings(self, answers: Mapping[str, str]) -> None:
        """Check the values with the product's own settings, which see more than the patterns of the template."""
        try:
            Settings.from_environment(environment(_FUNCTION, answers))
        except SettingsError as error:
            variable = str(error).split(maxsplit=1)[0]
            of = template.properties(_FUNCTION)["Environment"]["Variables"].get(variable, {})
            name = of.get("Ref", variable) if isinstance(of, dict) else variable
            raise self._wrong(name, str(error)) from error

    def _check_domain(self, answers: Mapping[str, str], region: str) -> None:
        """Check what the domain name, its certificate and the API's own address ask of each other."""
        url, certificate = answers.get("PublicBaseUrl", ""), answers.get("CertificateArn", "")
        if answers.get("ExecuteApiEndpoint") == "closed" and not url:
            raise self._wrong("ExecuteApiEndpoint", "'closed' needs a domain name of your own: set PublicBaseUrl too")
        if not certificate:
            return
        if not url:
            raise self._wrong("CertificateArn", "a certificate needs its domain name: set PublicBaseUrl too")
        if url.count(":") > 1:
            raise self._wrong("PublicBaseUrl", f"{url!r} names a port, which API Gateway's domain names can't have")
        if region and certificate.split(":")[3] != region:
            raise self._wrong("CertificateArn", f"{certificate!r} must be in the region of this file, {region}")

    def _wrong(self, key: str, why: str) -> EnvironmentFileError:
        line = line_of(key, self.text)
        where = f"environments/{self.name}.toml" + (f", line {line}" if line else "")
        return EnvironmentFileError(f"{where}: {_seen(key)}: {why}")


def _seen(text: str) -> str:
    return ascii(text) if _CONTROL.search(text) else text


def checked_answer(name: str, value: str) -> str:
    """A parameter's value, if template.yaml takes it. Raises ``EnvironmentFileError`` without the place."""
    parameter = template.parameters().get(name)
    if parameter is None:
        raise EnvironmentFileError(f"template.yaml has no parameter {name!r}{_near(name, template.parameters())}")
    if _CONTROL.search(value):  # a pattern takes a text with a line's end for the same text without
        raise EnvironmentFileError(f"{value!a} holds a control character: write one line of plain text")
    if "\\" in value or (value[:1] in {"'", '"'} and value[:1] == value[-1:]):
        raise EnvironmentFileError(f"{value!r} has a backslash, or quotation marks around it, which SAM removes")
    allowed = [str(one) for one in parameter.get("AllowedValues", ())]
    if allowed and value not in allowed:
        raise EnvironmentFileError(f"{value!r} must be one of {', '.join(allowed)}")
    if "AllowedPattern" in parameter and not re.search(parameter["AllowedPattern"], value):
        raise EnvironmentFileError(f"{value!r} {parameter['ConstraintDescription']}")
    if parameter["Type"] == "Number" and not _is_between(value, parameter):
        raise EnvironmentFileError(
            f"{value!r} must be a whole number from {parameter['MinValue']} to {parameter['MaxValue']}"
        )
    return value


def _is_between(value: str, parameter: Mapping[str, Any]) -> bool:
    whole = re.fullmatch(r"-?[0-9]{1,9}", value)
    if "MinValue" not in parameter:
        return bool(whole)
    return bool(whole) and int(parameter["MinValue"]) <= int(value) <= int(parameter["MaxValue"])


def _instead(key: str) -> str:
    """Where a key belongs that does not stand at the top of a file."""
    if key in template.parameters() or not (near := _near(key, _KNOWN)):
        return "; parameters belong under [parameters]"
    return near


def _near(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    folded = {one.lower().replace("_", ""): one for one in known}
    found = get_close_matches(name.lower().replace("_", ""), folded, n=1)
    return f"; is it {folded[found[0]]}?" if found else ""
