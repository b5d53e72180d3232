"""XMP: well-formed, complete, and nothing said twice."""

from __future__ import annotations

import dataclasses
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from publish import xmp
from publish.xmp import Facts

from .conftest import Made
from .pdfs import metadata, opened

BARE = (
    b'<rdf:RDF xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="">'
    b'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">T</rdf:li></rdf:Alt></dc:title>'
    b'</rdf:Description><rdf:Description rdf:about="" /></rdf:RDF>'
)
FACTS = Facts("T & U", "D", "tr", "https://a.example/", "P", "R", "https://r.example/", ("a", "b"))

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20)


def test_the_title_of_the_engine_is_replaced() -> None:
    found = xmp.completed(BARE, FACTS).decode()
    assert found.count("<dc:title>") == 1
    assert ">T<" not in found
    assert '<rdf:li xml:lang="tr">T &amp; U</rdf:li>' in found


def test_what_is_not_known_is_not_said() -> None:
    nothing = Facts("", "", "", "", "", "", "", ())
    found = xmp.completed(BARE, nothing).decode()
    for name in ("dc:title", "dc:language", "dc:rights", "dc:identifier", "xmpMM:", "dc:subject"):
        assert f"<{name}" not in found
    assert "<pdfuaid:part>1</pdfuaid:part>" in found


@given(texts, texts, texts)
def test_whatever_is_said_is_well_formed(title: str, rights: str, topic: str) -> None:
    facts = dataclasses.replace(FACTS, title=title, rights=rights, topics=(topic,))
    root = ElementTree.fromstring(xmp.completed(BARE, facts))
    said = [item.text or "" for item in root.iter() if item.tag.endswith("li")]
    assert all(text in said for text in (title, rights, topic) if text)


def test_the_identifier_is_the_same_each_time_and_another_s_is_not() -> None:
    one, again = xmp.completed(BARE, FACTS), xmp.completed(BARE, FACTS)
    other = xmp.completed(BARE, dataclasses.replace(FACTS, identifier="https://b.example/"))
    assert one == again
    identifiers = {
        part.split(b"<")[0] for each in (one, other) for part in each.split(b"uuid:")[1:]
    }
    assert len(identifiers) == 2


def test_an_edition_says_what_it_is(made: dict[str, Made]) -> None:
    with opened(made["harbour-lights, tr"].pdf.content) as document:
        said = metadata(document)
    assert said["pdfaid:part"] + said["pdfaid:conformance"] == "2A"
    assert said["pdfuaid:part"] == "1"
    assert said["dc:title[x-default]"] == said["dc:title[tr]"] == "Liman Fenerleri"
    assert said["dc:creator"] == "Dr. Ada Deniz"
    assert said["dc:language"] == "tr"
    assert said["dc:identifier"] == "https://harbour.example/tr/harbour-lights/"
    assert said["dc:publisher"] == "Liman Yazıları"
    assert said["dc:subject"] == said["pdf:Keywords"] == "Deniz"
    assert said["xmp:CreateDate"] == "2026-03-04"
    assert said["xmpMM:DocumentID"].startswith("uuid:")
