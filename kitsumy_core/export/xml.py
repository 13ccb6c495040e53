"""Keep texts of users fit for XML, whatever is in them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Return a text without the characters that no XML file may hold; the writer escapes the rest."""
    return _NOT_XML.sub("", text)


def xml_bytes(root: ElementTree.Element, *, indent: bool = True, head: str = "") -> bytes:
    """Return an XML file in UTF-8; `head` goes between the declaration and the root."""
    if indent:
        ElementTree.indent(root)
    body: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{body}\n'.encode()
