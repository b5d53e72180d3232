"""What a page says of itself to machines: JSON-LD in the words of schema.org.

One `@id` stands for one thing in all languages: a person, the publisher, an edition. Texts in
another language than their page's carry it; original and translations name each other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from . import typography, urls
from .locales import Locale
from .model import (
    Alternate,
    Byline,
    Edition,
    Front,
    Profile,
    Run,
    SearchPage,
    Settings,
    Subject,
    Topics,
)
from .settings import told

_Node = dict[str, object]


def edition(one: Edition, settings: Settings, pdf: bool) -> str:
    """An article, its authors and translator, and the text it is translated from or into."""
    return _graph(_article(one, settings, pdf), _publisher(settings, one.locale))


def profile(one: Profile, settings: Settings) -> str:
    """An author's page and the person that it is about; on a later page, more of their pieces."""
    person = _person(one.byline, settings, one.locale)
    if one.paging.number > 1:
        node = _collection(one, one.byline.name, settings) | _listing(one, settings)
        return _graph(node | {"about": person}, _publisher(settings, one.locale))
    node = _collection(one, None, settings) | {"@type": "ProfilePage", "mainEntity": person}
    return _graph(node, _publisher(settings, one.locale))


def front(one: Front, settings: Settings) -> str:
    """The index of a language, the site that it is part of, and who publishes it."""
    title = told(settings, settings.title, one.locale)
    node = _collection(one, title, settings) | _listing(one, settings)
    return _graph(node, _website(settings, one.locale), _publisher(settings, one.locale))


def search(one: SearchPage, settings: Settings) -> str:
    """The page on which readers search."""
    address = _url(settings, one.path)
    node: _Node = {
        "@type": "WebPage",
        "@id": f"{address}#page",
        "url": address,
        "inLanguage": one.locale.tag,
        "isPartOf": {"@id": _site(settings)},
    }
    return _graph(node, _website(settings, one.locale), _publisher(settings, one.locale))


def subject(one: Subject, settings: Settings) -> str:
    """The page of a topic or series, and the series that it shows."""
    node = _collection(one, one.name, settings) | _listing(one, settings)
    if one.kind != "series":
        return _graph(node, _publisher(settings, one.locale))
    [own] = [version for version in one.languages or one.alternates if version.current]
    series = _series(one.name, one.home, own.path, settings, one.locale)
    node["about"] = {"@id": series["@id"]}
    return _graph(node, series, _publisher(settings, one.locale))


def topics(one: Topics, settings: Settings) -> str:
    """All topics of a language."""
    listed: _Node = {
        "@type": "ItemList",
        "numberOfItems": len(one.topics),
        "itemListElement": [
            _item(number, topic.path, topic.name, settings, one.locale)
            for number, topic in enumerate(one.topics, start=1)
        ],
    }
    node = _collection(one, None, settings) | {"mainEntity": listed}
    return _graph(node, _publisher(settings, one.locale))


def chooser(settings: Settings) -> str:
    """The site and who publishes it."""
    locale = settings.default_language
    return _graph(_website(settings, locale), _publisher(settings, locale))


def _collection(
    one: Front | Profile | Subject | Topics, name: Run | None, settings: Settings
) -> _Node:
    address = _url(settings, one.path)
    return {
        "@type": "CollectionPage",
        "@id": f"{address}#page",
        "url": address,
        "name": _said(name, one.locale),
        "inLanguage": one.locale.tag,
        "isPartOf": {"@id": _site(settings)},
    }


def _listing(one: Front | Profile | Subject, settings: Settings) -> _Node:
    """What a page of a list has in its language; places are counted through all its pages."""
    if not one.pieces:
        return {}
    listed: _Node = {
        "@type": "ItemList",
        "numberOfItems": one.paging.total,
        "itemListElement": [
            _item(number, piece.path, Run(piece.title, piece.locale), settings, one.locale)
            for number, piece in enumerate(one.pieces, start=one.paging.before + 1)
        ],
    }
    return {"mainEntity": listed}


def _item(number: int, path: str, name: Run, settings: Settings, locale: Locale) -> _Node:
    return {
        "@type": "ListItem",
        "position": number,
        "url": _url(settings, path),
        "name": _said(name, locale),
    }


def _article(one: Edition, settings: Settings, pdf: bool) -> _Node:
    locale = one.locale
    address = _url(settings, one.path)
    node: _Node = {
        "@type": "Article",
        "@id": f"{address}#article",
        "url": address,
        "mainEntityOfPage": address,
        "headline": one.title,
        "description": _said(one.summary, locale),
        "inLanguage": locale.tag,
        "datePublished": one.date.isoformat(),
        "dateModified": one.modified.isoformat(),
        "author": [_person(byline, settings, locale) for byline in one.bylines],
        "publisher": {"@id": _house(settings)},
        "keywords": [_said(topic, locale) for topic in one.topics],
        "isPartOf": _whole(one, settings),
        "license": settings.licence_url or _said(told(settings, settings.licence, locale), locale),
        "correction": [
            {
                "@type": "CorrectionComment",
                "datePublished": date.isoformat(),
                "text": _said(text, locale),
            }
            for date, text in one.corrections
        ],
    }
    if one.image:
        node["image"] = {
            "@type": "ImageObject",
            "url": _url(settings, one.image.path),
            "width": one.image.width,
            "height": one.image.height,
        }
    if one.part:
        node["position"] = one.part.number
    if pdf:
        node["encoding"] = {
            "@type": "MediaObject",
            "contentUrl": _url(settings, one.pdf_path),
            "encodingFormat": "application/pdf",
            "inLanguage": locale.tag,
        }
    translations = _translations(one.alternates, settings)
    if one.is_original:
        node["workTranslation"] = translations
        return node
    if one.translator:
        node["translator"] = {"@type": "Person", "name": one.translator}
    [original] = [alternate for alternate in one.alternates if alternate.original]
    node["translationOfWork"] = _version(original, settings) | {
        "headline": _said(Run(one.original_title, one.original), locale),
        "workTranslation": translations,
    }
    return node


def _translations(alternates: Sequence[Alternate], settings: Settings) -> list[_Node]:
    return [_version(one, settings) for one in alternates if one.path and not one.original]


def _version(one: Alternate, settings: Settings) -> _Node:
    address = _url(settings, one.path)
    return {
        "@type": "Article",
        "@id": f"{address}#article",
        "url": address,
        "inLanguage": one.locale.tag,
    }


def _whole(one: Edition, settings: Settings) -> list[_Node]:
    """What an edition is part of: the site, and its series."""
    whole: list[_Node] = [{"@id": _site(settings)}]
    if one.series:
        whole.append(_series(one.series, one.series_home, one.series_path, settings, one.locale))
    return whole


def _series(name: Run, home: str, path: str, settings: Settings, locale: Locale) -> _Node:
    # One series in all languages: named by the page that readers of any other are sent to.
    return {
        "@type": "CreativeWorkSeries",
        "@id": f"{_url(settings, home)}#series",
        "name": _said(name, locale),
        "url": _url(settings, path),
    }


def _person(byline: Byline, settings: Settings, locale: Locale) -> _Node:
    # One person in all languages: named by the page that every site has of them.
    known = _url(settings, urls.author(settings.default_language, byline.author))
    return _full(
        {
            "@type": "Person",
            "@id": f"{known}#person",
            "name": _said(byline.person, locale),
            "honorificPrefix": _said(byline.honorific, locale),
            "description": _said(byline.affiliation, locale),
            "url": _url(settings, byline.path),
        }
    )


def _publisher(settings: Settings, locale: Locale) -> _Node:
    return {
        "@type": "Organization",
        "@id": _house(settings),
        "name": _said(told(settings, settings.title, locale), locale),
        "url": _url(settings, urls.CHOOSER),
    }


def _website(settings: Settings, locale: Locale) -> _Node:
    return {
        "@type": "WebSite",
        "@id": _site(settings),
        "url": _url(settings, urls.CHOOSER),
        "name": _said(told(settings, settings.title, locale), locale),
        "inLanguage": [one.tag for one in settings.languages],
        "publisher": {"@id": _house(settings)},
        # The site is one thing in all languages, so each page names the searches of all.
        "potentialAction": [
            {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": _url(settings, urls.search(one)) + "?q={search_term_string}",
                },
                "query-input": "required name=search_term_string",
            }
            for one in settings.languages
            if settings.search
        ],
    }


def _house(settings: Settings) -> str:
    return _url(settings, urls.CHOOSER) + "#publisher"


def _site(settings: Settings) -> str:
    return _url(settings, urls.CHOOSER) + "#website"


def _url(settings: Settings, path: str) -> str:
    return urls.absolute(settings.base_url, path)


def _said(run: Run | None, locale: Locale) -> object:
    """A text, with its language where that is not the page's; empty where there is none."""
    if run is None or not run.text:
        return ""
    return run.text if run.locale == locale else {"@value": run.text, "@language": run.locale.tag}


def _full(node: Mapping[str, object]) -> _Node:
    """The node without what says nothing."""
    return {key: value for key, value in node.items() if value not in ("", [])}


def _graph(*nodes: Mapping[str, object]) -> str:
    document = {"@context": "https://schema.org", "@graph": [_full(node) for node in nodes]}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # Nothing but `<` can end a script or begin a comment in it.
    return typography.plain(text).replace("<", "\\u003c")
