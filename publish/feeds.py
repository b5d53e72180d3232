"""Atom feeds: what is new in one language, each entry with its sibling editions and its PDF."""

from __future__ import annotations

import datetime
import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

from . import typography, urls
from .locales import Locale
from .model import Artefact, Edition, Front, Plan, Printed, Run, Settings
from .settings import told

LENGTH = 50
"""Entries a feed has at most: those modified last."""

_ATOM = "http://www.w3.org/2005/Atom"
_NOTHING_YET = datetime.date(1970, 1, 1)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def artefacts(plan: Plan, settings: Settings, made: Mapping[str, Printed]) -> Iterator[Artefact]:
    """The feed of each language; `made` are the PDFs that are there, by their paths."""
    for front in plan.fronts:
        editions = [one for one in plan.editions if one.locale == front.locale]
        # Stable: of those of one day the newest piece comes first, as on the index.
        editions.sort(key=lambda one: one.modified, reverse=True)
        yield Artefact(urls.feed(front.locale), _feed(front, editions[:LENGTH], settings, made))


def identifier(address: str) -> str:
    """The same for every making of the same page, unlike any other's, and no address that readers
    would follow (RFC 9562, version 5); a PDF has the same in its metadata."""
    return uuid.uuid5(uuid.NAMESPACE_URL, address).urn


def _feed(
    front: Front, editions: list[Edition], settings: Settings, made: Mapping[str, Printed]
) -> bytes:
    locale = front.locale
    own = urls.absolute(settings.base_url, urls.feed(locale))
    home = urls.absolute(settings.base_url, front.path)
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": locale.tag})
    ET.SubElement(feed, "id").text = identifier(own)
    _text(feed, "title", told(settings, settings.title, locale), locale)
    newest = max((one.modified for one in editions), default=_NOTHING_YET)
    ET.SubElement(feed, "updated").text = _instant(newest)
    _link(feed, "self", "application/atom+xml", locale, own)
    _link(feed, "alternate", "text/html", locale, home)
    _text(feed, "rights", told(settings, settings.licence, locale), locale)
    for one in editions:
        _entry(feed, one, settings, made.get(one.pdf_path))
    ET.indent(feed, "")
    text = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _entry(feed: ET.Element, one: Edition, settings: Settings, pdf: Printed | None) -> None:
    locale = one.locale
    entry = ET.SubElement(feed, "entry")
    own = urls.absolute(settings.base_url, one.path)
    ET.SubElement(entry, "id").text = identifier(own)
    _text(entry, "title", Run(one.title, locale), locale)
    ET.SubElement(entry, "published").text = _instant(one.date)
    ET.SubElement(entry, "updated").text = _instant(one.modified)
    for byline in one.bylines:
        author = ET.SubElement(entry, "author", _language(byline.person, locale))
        ET.SubElement(author, "name").text = _legal(byline.person.text)
        ET.SubElement(author, "uri").text = urls.absolute(settings.base_url, byline.path)
    # Readers that look at one link look at the first.
    published = [alternate for alternate in one.alternates if alternate.path]
    for alternate in sorted(published, key=lambda alternate: not alternate.current):
        address = urls.absolute(settings.base_url, alternate.path)
        _link(entry, "alternate", "text/html", alternate.locale, address)
    if pdf:
        address = urls.absolute(settings.base_url, one.pdf_path)
        link = _link(entry, "enclosure", "application/pdf", locale, address)
        link.set("length", str(pdf.size))
    for topic in one.topics:
        term = _legal(topic.text)
        ET.SubElement(entry, "category", {"term": term} | _language(topic, locale))
    _text(entry, "summary", one.summary, locale)


def _link(parent: ET.Element, relation: str, kind: str, locale: Locale, href: str) -> ET.Element:
    attributes = {"rel": relation, "type": kind, "hreflang": locale.tag, "href": href}
    return ET.SubElement(parent, "link", attributes)


def _text(parent: ET.Element, name: str, run: Run | None, locale: Locale) -> None:
    """An element with a text, and its language where that is not the feed's."""
    if run and run.text:
        ET.SubElement(parent, name, _language(run, locale)).text = _legal(run.text)


def _language(run: Run, locale: Locale) -> dict[str, str]:
    return {} if run.locale == locale else {"xml:lang": run.locale.tag}


def _legal(text: str) -> str:
    """A text as it is typed, with what XML cannot hold replaced."""
    return _NOT_XML.sub("\ufffd", typography.plain(text))


def _instant(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
