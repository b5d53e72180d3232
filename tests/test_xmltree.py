"""XML with places: what is read, and what is refused."""

from __future__ import annotations

import pytest

from publish.xmltree import LANGUAGE, BrokenError, parse


def test_elements_know_their_place_their_text_and_their_namespace() -> None:
    root = parse('<a xmlns="urn:n" xml:lang="tr">\n <b c="d"> ışık </b>\n <b/>\n</a>'.encode())
    assert (root.name, root.attributes) == ("urn:n a", {LANGUAGE: "tr"})
    one, other = root.all("urn:n b")
    assert (one.line, one.column, one.text, one.attributes) == (2, 2, " ışık ", {"c": "d"})
    assert (other.line, other.text) == (3, "")
    assert (root.told("urn:n b"), root.told("urn:n c")) == ("ışık", "")


def test_text_around_elements_is_kept_whole() -> None:
    assert parse(b"<a>one <b>two</b> &amp; three</a>").text == "one  & three"


@pytest.mark.parametrize(
    ("content", "words", "line"),
    [
        (b"<a>\n<b></a>", "mismatched tag", 2),
        (b"", "no element found", 1),
        (b"<a/>\n<b/>", "junk after document element", 2),
        (b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', "document type", 1),
        (b'\n<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type", 2),
        (b"<a>&b;</a>", "undefined entity", 1),
        (b"<a>\xff</a>", "not well-formed", 1),
    ],
)
def test_what_is_not_well_formed_or_could_unfold_is_refused(
    content: bytes, words: str, line: int
) -> None:
    with pytest.raises(BrokenError, match=words) as caught:
        parse(content)
    assert caught.value.line == line
