"""Every character of Unicode, by the production Char of XML 1.0."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from ivr.xml_text import allowed_in_xml, attribute, forbidden_in

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EVERY = "".join(map(chr, range(0x110000)))


def test_a_space_stands_for_each_character_that_xml_forbids_and_for_no_other():
    assert allowed_in_xml(EVERY) == FORBIDDEN.sub(" ", EVERY)
    printable = "".join(filter(str.isprintable, EVERY))
    assert allowed_in_xml(printable) == FORBIDDEN.sub(" ", printable)


def test_the_first_forbidden_character_is_named():
    assert forbidden_in("a\x0bb\ud800") == "U+000B"
    assert forbidden_in("\ufffe") == "U+FFFE"
    assert forbidden_in("نخلة\u200f") == ""


def test_every_character_that_xml_allows_is_read_from_an_attribute_as_it_was():
    allowed = FORBIDDEN.sub("", EVERY)
    assert ET.fromstring(f"<a b={attribute(allowed)}/>").get("b") == allowed
    assert attribute("/a?b=1&c=<d>\n'") == quoteattr("/a?b=1&c=<d>\n'")
