"""XMP: what a PDF says about itself, as RDF in XML (ISO 16684-1).

WeasyPrint writes title, authors, description, keywords and dates. What it leaves out and readers,
libraries and validators want is added here: PDF/UA beside PDF/A, the language, the title in that
language, publisher, rights, and an identifier of the edition.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from html import escape

END = b"</rdf:RDF>"
"""Where an RDF document ends."""

_NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}

# PDF/A allows no property that it does not know or the file does not describe (ISO 19005-2,
# 6.6.2.3); the one of PDF/UA (ISO 14289-1, clause 5) is described here.
_UA = (
    "<pdfuaid:part>1</pdfuaid:part>"
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:name>part</pdfaProperty:name>"
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>Part of ISO 14289 that this file follows"
    "</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property>"
    "</rdf:li></rdf:Bag></pdfaExtension:schemas>"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is to be said; empty texts are left out."""

    title: str
    """The edition's title."""

    description: str
    """Its standfirst."""

    language: str
    """Its language, a BCP 47 tag."""

    identifier: str
    """Address of the edition's page, by which it is cited."""

    publisher: str
    """Who publishes it."""

    rights: str
    """Its licence, in words."""

    rights_url: str
    """Address of the licence."""

    topics: tuple[str, ...]
    """Its topics."""


def completed(rdf: bytes, facts: Facts) -> bytes:
    """The RDF document that WeasyPrint made, with `facts` and the mark of PDF/UA-1."""
    title = _alternatives("dc:title", facts.title, facts.language)
    description = _alternatives("dc:description", facts.description, facts.language)
    for name in ("dc:title", "dc:description"):
        rdf = _without(rdf, name)
    parts = [_UA, title, description]
    parts.append(_array("dc:language", "Bag", [facts.language]))
    parts.append(_array("dc:publisher", "Bag", [facts.publisher]))
    parts.append(_array("dc:subject", "Bag", facts.topics))
    parts.append(_alternatives("dc:rights", facts.rights, facts.language))
    if facts.identifier:
        parts.append(f"<dc:identifier>{escape(facts.identifier)}</dc:identifier>")
        parts.append(f"<xmpMM:DocumentID>{_document_id(facts.identifier)}</xmpMM:DocumentID>")
    if facts.rights_url:
        address = escape(facts.rights_url)
        parts.append("<xmpRights:Marked>True</xmpRights:Marked>")
        parts.append(f"<xmpRights:WebStatement>{address}</xmpRights:WebStatement>")
    names = "".join(f' xmlns:{name}="{uri}"' for name, uri in _NAMESPACES.items())
    added = f'<rdf:Description rdf:about=""{names}>{"".join(parts)}</rdf:Description>'
    return rdf.replace(END, added.encode() + END)


def _document_id(identifier: str) -> str:
    """The same for every making of the same edition, unlike any other's (RFC 9562, version 5)."""
    return f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identifier)}"


def _array(name: str, kind: str, items: tuple[str, ...] | list[str]) -> str:
    found = "".join(f"<rdf:li>{escape(item)}</rdf:li>" for item in items if item)
    return f"<{name}><rdf:{kind}>{found}</rdf:{kind}></{name}>" if found else ""


def _alternatives(name: str, text: str, language: str) -> str:
    """A text for whoever asks for no language, and for whoever asks for its own."""
    tags = dict.fromkeys(("x-default", language))
    found = "".join(f'<rdf:li xml:lang="{escape(tag)}">{escape(text)}</rdf:li>' for tag in tags)
    return f"<{name}><rdf:Alt>{found}</rdf:Alt></{name}>" if text else ""


def _without(rdf: bytes, name: str) -> bytes:
    """The document without a property that stands alone in its description."""
    opening = rdf.find(f"<{name}>".encode())
    if opening < 0:
        return rdf
    closing = f"</{name}></rdf:Description>".encode()
    start = rdf.rindex(b"<rdf:Description", 0, opening)
    return rdf[:start] + rdf[rdf.index(closing, opening) + len(closing) :]
