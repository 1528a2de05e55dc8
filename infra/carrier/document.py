"""A TwiML document: parsed by a real XML parser and checked against what Twilio takes.

Twilio skips what it does not know and logs a warning that nobody reads. Here each such thing is a fault with a code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, NoReturn
from urllib.parse import quote
from xml.etree import ElementTree as ET

from infra.carrier.shapes import QUEUE_VERBS, SHAPES, SSML, VERBS, WAIT_VERBS, WHISPER_VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.carrier.posting import Answer

MAX_DOCUMENT_BYTES = 64 * 1024
MOST_BYTES_A_SAY, MOST_ENCODED_A_SAY = 3000, 4500
"""Limits of its text: bytes in UTF-8, and characters after percent-encoding."""
PARSE_FAILED, WRONG_ROOT, NOT_TWIML, TOO_LARGE, WRONG_TYPE = "12100", "12102", "12200", "11750", "12300"
SAY_TOO_LONG, DIAL_IN_WHISPER, NOT_IN_A_ROOM = "13521", "13201", "13238"
"""Twilio's error codes for a document: see refusals.py."""


class BadDocumentError(Exception):
    """The answer can't be played. Twilio requests the fallback URL with `code`."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class Verb:
    """One element: a verb, or a Number or Conference inside a Dial. `text` holds the words of SSML children too."""

    name: str
    attributes: dict[str, str]
    text: str
    inside: tuple[Verb, ...] = ()

    def number(self, name: str, default: int) -> int:
        """Read a whole number; its attribute was checked with the document."""
        return int(self.attributes.get(name, default))

    def true(self, name: str) -> bool:
        """Whether a boolean attribute is present and true."""
        return self.attributes.get(name) == "true"


class Wrong(NamedTuple):
    """Something that Twilio would skip or refuse, with its error code."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """The verbs of an answer that can be played, and what is wrong with the rest."""

    verbs: tuple[Verb, ...]
    warnings: tuple[Wrong, ...]


def read_document(answer: Answer, *, whisper: bool = False, wait: bool = False, queue: bool = False) -> Document:
    """Parse the TwiML of an answer. In a `whisper`, a `wait` or a `queue` only the verbs allowed there are kept.

    Raises:
        BadDocumentError: wrong content type, too large, not XML, a DTD, or not a Response.

    """
    media_type = answer.content_type.partition(";")[0].strip().lower()
    if media_type not in ("text/xml", "application/xml"):
        raise BadDocumentError(WRONG_TYPE, f"content type {answer.content_type!r} is not text/xml or application/xml")
    size = len(answer.body.encode())
    if size > MAX_DOCUMENT_BYTES:
        raise BadDocumentError(TOO_LARGE, f"the document has {size} bytes, Twilio takes {MAX_DOCUMENT_BYTES}")
    warnings: list[Wrong] = []
    verbs = tuple(_read_response(_parse(answer.body), warnings))
    if whisper:
        verbs = _only(verbs, WHISPER_VERBS, "a whisper", warnings)
    if wait:
        verbs = _only(verbs, WAIT_VERBS, "a waitUrl", warnings)
    if queue:
        verbs = _only(verbs, QUEUE_VERBS, "a queue", warnings)
    return Document(verbs, tuple(warnings))


def _only(verbs: tuple[Verb, ...], allowed: frozenset[str], where: str, warnings: list[Wrong]) -> tuple[Verb, ...]:
    code = NOT_IN_A_ROOM if allowed is WAIT_VERBS else NOT_TWIML
    warnings += [
        Wrong(
            DIAL_IN_WHISPER if verb.name == "Dial" and allowed is WHISPER_VERBS else code,
            f"{verb.name} is not allowed in {where}",
        )
        for verb in verbs
        if verb.name not in allowed
    ]
    warnings += [
        Wrong(code, f"{inner.name} in Gather is not allowed in {where}")
        for verb in verbs
        if verb.name == "Gather"
        for inner in verb.inside
        if inner.name not in allowed
    ]
    return tuple(verb for verb in verbs if verb.name in allowed)


class _NoDoctype(ET.TreeBuilder):
    def doctype(self, _name: str, _public: str | None, _system: str | None) -> NoReturn:
        raise BadDocumentError(PARSE_FAILED, "a document type declaration is not TwiML")


def _parse(body: str) -> ET.Element:
    parser = ET.XMLParser(target=_NoDoctype())  # noqa: S314 - entities need a DTD, and a DTD is refused above
    try:
        parser.feed(body)
        root = parser.close()
    except ET.ParseError as failure:
        raise BadDocumentError(PARSE_FAILED, f"not well-formed XML: {failure}") from failure
    if not isinstance(root, ET.Element) or root.tag != "Response":
        raise BadDocumentError(WRONG_ROOT, f"the root is {getattr(root, 'tag', root)!r}, not Response")
    return root


def _read_response(root: ET.Element, warnings: list[Wrong]) -> Iterator[Verb]:
    if root.attrib:
        warnings.append(Wrong(NOT_TWIML, f"Response takes no attribute {', '.join(root.attrib)}"))
    if _loose_text(root):
        warnings.append(Wrong(NOT_TWIML, f"loose text in Response: {_loose_text(root)[:40]!r}"))
    for element in root:
        if element.tag in VERBS:
            yield _read_verb(element, warnings)
        else:
            warnings.append(Wrong(NOT_TWIML, f"{element.tag} is not a verb that this carrier knows"))


def _read_verb(element: ET.Element, warnings: list[Wrong]) -> Verb:
    shape = SHAPES[element.tag]
    attributes: dict[str, str] = {}
    for name, value in element.attrib.items():
        if name not in shape.attributes:
            warnings.append(Wrong(NOT_TWIML, f"{element.tag} has no attribute {name}"))
        elif not shape.attributes[name](value):
            code = shape.codes.get(name, NOT_TWIML)
            warnings.append(Wrong(code, f"{element.tag} {name}={value!r} is not a value that it takes"))
        else:
            attributes[name] = value
    if not shape.text and _loose_text(element):
        warnings.append(Wrong(NOT_TWIML, f"loose text in {element.tag}: {_loose_text(element)[:40]!r}"))
    below = element.iter() if element.tag == "Say" else iter(element)  # SSML nests, and all of it is spoken
    children = [child for child in below if child is not element]
    warnings += [
        Wrong(shape.nested, f"{child.tag} can't be in {element.tag}")
        for child in children
        if child.tag not in shape.inside
    ]
    inside = tuple(_read_verb(child, warnings) for child in children if child.tag in shape.inside - SSML)
    text = "".join(element.itertext()) if element.tag == "Say" else element.text or ""
    if element.tag == "Say" and (
        len(text.encode()) > MOST_BYTES_A_SAY or len(quote(text, safe="")) > MOST_ENCODED_A_SAY
    ):
        warnings.append(Wrong(SAY_TOO_LONG, f"the whole Say fails, it is too long: {text[:40]!r}"))
    return Verb(element.tag, attributes, " ".join(text.split()), inside)


def _loose_text(element: ET.Element) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
