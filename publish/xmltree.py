"""XML files of ours, read with the place of every element. Owns the standard library's expat.

What our feeds and sitemaps never have is refused: a document type, with which a file of a few
lines can unfold into gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

LANGUAGE = "http://www.w3.org/XML/1998/namespace lang"
"""The attribute `xml:lang`."""


class BrokenError(Exception):
    """Not well-formed, or with a document type."""

    def __init__(self, message: str, line: int, column: int) -> None:
        """Keep what is wrong and where."""
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(slots=True)
class Element:
    """An element with its place."""

    name: str
    """Namespace, a space, and the local name; the local name alone where there is no namespace."""

    attributes: dict[str, str]
    """Attributes by their names, which are spelled like the element's."""

    line: int
    """Line, counted from 1."""

    column: int
    """Column, counted from 1."""

    text: str = ""
    """The text directly in it."""

    children: list[Element] = field(default_factory=list)
    """The elements in it."""

    def all(self, name: str) -> Iterator[Element]:
        """The children of a name."""
        return (child for child in self.children if child.name == name)

    def told(self, name: str) -> str:
        """The text of the first child of a name, without the space around it."""
        return next((child.text.strip() for child in self.all(name)), "")


def parse(content: bytes) -> Element:
    """The root element. Raises `BrokenError` for what is not well-formed and for a DOCTYPE."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    document = Element("", {}, 1, 1)
    open_elements = [document]

    def start(name: str, attributes: dict[str, str]) -> None:
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        element = Element(name, attributes, line, column)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def characters(text: str) -> None:
        open_elements[-1].text += text

    def doctype(*_: object) -> None:
        message = "a document type is declared"
        raise BrokenError(message, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code)
        raise BrokenError(message, error.lineno, error.offset + 1) from None
    return document.children[0]
