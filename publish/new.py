"""`publish new`: the skeleton of a piece."""

from __future__ import annotations

import datetime
import difflib
import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from . import sources, urls
from .errors import Problem, PublishError, Span
from .locales import Locale
from .model import Site


def new(
    root: Path,
    site: Site,
    title: str,
    authors: Sequence[str],
    language: Locale,
    today: datetime.date,
    name: str = "",
) -> str:
    """Write the skeleton of a piece and return its path relative to the root.

    `name` is the slug, where the title's own letters make none or a better one is wanted.

    Raises `PublishError` for a title without a slug, a slug that is taken, an unknown author or
    a language that the site does not have.
    """
    title = unicodedata.normalize("NFC", " ".join(title.split()))
    name = name or urls.slug(title)
    path = f"sources/pieces/{name}.md"
    faults = []
    known = [author.id for author in site.authors]
    for author in authors:
        if author not in known:
            near = difflib.get_close_matches(author, known, 1)
            hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(known)
            if not known:
                hint = "an author is a file in sources/authors/; write it first"
            faults.append(Problem("S1", f"there is no author “{author}”", Span(path), hint))
    if language not in site.settings.languages:
        tags = ", ".join(locale.tag for locale in site.settings.languages)
        message = f"“{language.tag}” is not one of the site's languages"
        faults.append(Problem("S1", message, Span(path), f"the site has {tags}"))
    if fault := sources.line_fault(title):
        hint = "give the title as you would print it, in one line"
        faults.append(Problem("S1", f"the title {fault}", Span("sources/pieces"), hint))
    elif fault := urls.slug_fault(name):
        what = f"the slug “{name}” {fault}" if name else "the title has no letters for a slug"
        hint = "name one in ASCII letters: --slug some-words"
        faults.append(Problem("S7", what, Span("sources/pieces"), hint))
    elif (root / path).exists():
        hint = "choose another title, or write on in that file"
        faults.append(Problem("S7", f"the slug “{name}” is taken", Span(path), hint))
    if faults:
        raise PublishError(faults)
    names = authors or ([known[0]] if len(known) == 1 else [])
    text = (
        "---\n"
        f"title: {json.dumps(title, ensure_ascii=False)}\n"
        f"date: {today}\n"
        f"language: {language.tag}\n"
        f"authors: [{', '.join(names)}]\n"
        "tags: []\n"
        "summary:\n"
        "draft: true\n"
        "---\n\n"
    )
    target = root / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise PublishError([Problem("F8", message, Span(path))]) from None
    return path
