"""Interface messages: what templates say, extracted with Babel."""

from __future__ import annotations

import io
from collections.abc import Mapping

from babel.messages.extract import extract as babel_extract

from .errors import Problem, PublishError, Span
from .model import Segment

_KEYWORDS = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def messages(templates: Mapping[str, str], paths: Mapping[str, str]) -> tuple[Segment, ...]:
    """The messages of all templates, in the order of their names, each key once.

    `_("…")`, `ngettext("…", "…", n)` and `pgettext("context", "…")` are read; a comment
    `{# translators: … #}` on the line above speaks to translators. Raises `PublishError` for
    a template that does not parse.
    """
    found: dict[tuple[str, str], Segment] = {}
    for name in sorted(templates):
        if not name.endswith(".html"):
            continue
        for segment in _one(paths[name], templates[name]):
            first = found.setdefault(segment.key, segment)
            if segment.plural and not first.plural:
                found[segment.key] = segment
    return tuple(found.values())


def _one(path: str, text: str) -> list[Segment]:
    segments = []
    try:
        rows = list(
            babel_extract(
                "jinja2.ext:babel_extract",
                io.BytesIO(text.encode()),
                keywords=_KEYWORDS,
                comment_tags=("translators:",),
                options={"encoding": "utf-8", "silent": "false", "trimmed": "false"},
            )
        )
    except Exception as error:
        # Babel hands on whatever the extraction method raises: here, Jinja's syntax errors.
        line = getattr(error, "lineno", None)
        if line is None:
            raise
        raise PublishError([Problem("T1", str(error), Span(path, line))]) from None
    for line, message, comments, context in rows:
        forms = message if isinstance(message, tuple) else (message,)
        singular, plural = forms[0], forms[1] if len(forms) > 1 else ""
        notes = tuple(note.removeprefix("translators:").strip() for note in comments)
        flags = ("python-format",) if "%" in singular + plural else ()
        segments.append(
            Segment((context or "", singular), "interface", Span(path, line), notes, plural, flags)
        )
    return segments
