"""Pages: templates and decided values in, HTML text out. Imports jinja2, alone.

Translators are not trusted with markup. Jinja's own gettext marks msgstr as safe, so it is not
used (nor is `{% trans %}`, which this environment does not know): messages go through `_message`,
which escapes the text and fills in named fields without ever running `%` over it.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import functools
import hashlib
import re
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from markupsafe import Markup, escape

from . import jsonld, locales, typography, urls
from .errors import Problem, PublishError, Span
from .locales import Locale
from .markdown import CHANGED, NOTICE
from .model import (
    Edition,
    Front,
    Key,
    Listed,
    ListPage,
    Paging,
    Plan,
    Printed,
    Profile,
    Redirect,
    Run,
    SearchPage,
    Settings,
    Subject,
    Topics,
)
from .settings import told

Interface = Mapping[Key, tuple[str, ...]]
"""One language's interface: message → its forms (one, or as many as the language has plurals)."""

_ENGLISH = locales.parse("en")

PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|(%))")
"""What an interface message may hold: `%(name)s`, and `%%` for a percent sign."""


_REFERENCE = re.compile(r"\{%[-+]?\s*(?:include|extends|import|from)\b(.*?)%\}", re.DOTALL)
_LITERAL = re.compile(
    r"""\s*(['"])([^'"\\]+)\1\s*(?:ignore\s+missing\s*)?(?:with(?:out)?\s+context\s*)?"""
    r"""(?:(?:as|import)\b.*)?[-+]?""",
    re.DOTALL,
)
_BY_CODE = ("_changed.html", "_notice.html")
"""Templates that no other needs to include: they are put into texts."""


def placeholders(message: str) -> tuple[str, ...]:
    """Names of the fields in an interface message, sorted; `%` where a lone one stands.

    >>> placeholders("%(count)s of %(all)s, 100%%")
    ('all', 'count')
    >>> placeholders("100% ready")
    ('%',)
    """
    names = {match[1] for match in PLACEHOLDER.finditer(message) if match[1]}
    if "%" in PLACEHOLDER.sub("", message):
        names.add("%")
    return tuple(sorted(names))


def _message(message: str, fields: Mapping[str, object]) -> Markup:
    if "%" not in message:
        return escape(message)
    parts: list[str] = []
    end = 0
    for match in PLACEHOLDER.finditer(message):
        if match[1] and match[1] not in fields:
            raise jinja2.UndefinedError(f"“{message}” is given no {match[1]}")
        parts.append(escape(message[end : match.start()]))
        parts.append(escape(fields[match[1]]) if match[1] else "%")
        end = match.end()
    parts.append(escape(message[end:]))
    return Markup("".join(parts))  # noqa: S704 — every part was escaped above


class _Compiled(jinja2.BytecodeCache):
    """Templates that were compiled to see whether they can be, for whoever fills them in."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        if code := self._known.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class Renderer:
    """Renders the site's templates; made once a build, cheap to use many times.

    `templates` maps names to texts, `paths` to what a problem calls them; `interface` holds the
    translated messages by language tag (English needs none); `topics` is where each language has
    its list of topics, by tag. In a `preview` every page asks search engines to leave it out.
    """

    def __init__(
        self,
        settings: Settings,
        templates: Mapping[str, str],
        paths: Mapping[str, str],
        interface: Mapping[str, Interface],
        topics: Mapping[str, str] | None = None,
        *,
        preview: bool = False,
    ) -> None:
        """Compile nothing yet; templates are compiled when first used."""
        self._settings = settings
        self._preview = preview
        self._topics = topics or {}
        self._languages: dict[Locale, dict[str, Any]] = {}
        # Set once; whatever fills the fields in was set where it came from.
        self._interface = {
            tag: {
                key: tuple(typography.text(form, locales.parse(tag)) for form in forms)
                for key, forms in messages.items()
            }
            for tag, messages in interface.items()
        }
        self._paths = paths
        self._templates = templates
        self._environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(
                lambda name: (templates[name], paths[name], None) if name in templates else None
            ),
            auto_reload=False,
            bytecode_cache=_COMPILED,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            extensions=(),
        )
        self.styles = {
            name: urls.asset(name, text.encode())
            for name, text in templates.items()
            if name.endswith(".css") and name != "print.css"
        }
        """Stylesheet name → its path in `output/`."""
        self.scripts = {
            name: urls.asset(name, text.encode())
            for name, text in templates.items()
            if name.endswith(".js") and settings.search
        }
        """Script name → its path in `output/`; the search page alone has any."""

    def edition(self, edition: Edition, pdf: Printed | None) -> str:
        """An edition's page; `pdf` is its finished PDF, if PDFs are made."""
        structured = jsonld.edition(edition, self._settings, pdf is not None)
        references = {
            kind: urls.reference(edition.locale, edition.slug, kind) for kind in ("bib", "ris")
        }
        return self._screen(
            "edition.html", edition, structured, edition=edition, pdf=pdf, references=references
        )

    def print_edition(self, edition: Edition) -> str:
        """The page that an edition's PDF is made from."""
        return self._render("print.html", edition.locale, edition.path, edition=edition)

    def front(self, front: Front) -> str:
        """A language's index."""
        return self._screen("front.html", front, jsonld.front(front, self._settings), front=front)

    def profile(self, profile: Profile) -> str:
        """An author's page."""
        structured = jsonld.profile(profile, self._settings)
        return self._screen("author.html", profile, structured, profile=profile)

    def redirect(self, redirect: Redirect) -> str:
        """The page at a former address of an edition."""
        return self._render("redirect.html", redirect.locale, redirect.path, redirect=redirect)

    def search(self, page: SearchPage) -> str:
        """The page on which readers search the texts of one language."""
        structured = jsonld.search(page, self._settings)
        counts = locales.plural_samples(page.locale)
        bundle = urls.BUNDLE
        return self._screen(
            "search.html", page, structured, search=page, counts=counts, bundle=bundle
        )

    def card(self, found: Listed | Profile) -> str:
        """What a list of results shows of an edition or an author's page."""
        profile = found if isinstance(found, Profile) else None
        piece = None if profile else found
        path = urls.search(found.locale)
        return self._render("_found.html", found.locale, path, piece=piece, profile=profile).strip()

    def subject(self, subject: Subject) -> str:
        """The page of a topic or of a series."""
        name = "series.html" if subject.kind == "series" else "topic.html"
        structured = jsonld.subject(subject, self._settings)
        return self._screen(name, subject, structured, subject=subject)

    def topics(self, topics: Topics) -> str:
        """All topics of a language."""
        structured = jsonld.topics(topics, self._settings)
        return self._screen("topics.html", topics, structured, overview=topics)

    def list(self, page: Front | Profile | Subject | Topics) -> str:
        """Any page that lists something."""
        if isinstance(page, Front):
            return self.front(page)
        if isinstance(page, Profile):
            return self.profile(page)
        return self.subject(page) if isinstance(page, Subject) else self.topics(page)

    def not_found(self, plan: Plan) -> str:
        """What hosts show where there is no page, in all languages; it may stand at any depth, so
        that its links begin at the root."""
        return self._render(
            "404.html",
            self._settings.default_language,
            urls.NOT_FOUND,
            plan=plan,
            alternates=(),
            languages=(),
            default_path="",
            paging=Paging(),
            href=functools.partial(urls.rooted, self._settings.base_url),
            **_data(jsonld.chooser(self._settings)),
        )

    def chooser(self, plan: Plan) -> str:
        """The page at the root, where readers choose their language."""
        return self._render(
            "chooser.html",
            self._settings.default_language,
            urls.CHOOSER,
            plan=plan,
            alternates=plan.fronts[0].alternates,
            languages=plan.fronts[0].alternates,
            default_path=urls.CHOOSER,
            paging=Paging(),
            **_data(jsonld.chooser(self._settings)),
        )

    @functools.cache  # noqa: B019 — a renderer lives as long as a build
    def closure(self, name: str) -> tuple[tuple[str, str], ...]:
        """The template and all that it includes, imports or extends, with their texts; every
        template there is, where one of them is only named when it is rendered."""
        found: dict[str, str] = {}
        left = [name, *_BY_CODE]
        while left:
            one = left.pop()
            if one in found or one not in self._templates:
                continue
            found[one] = self._templates[one]
            for named in _REFERENCE.findall(found[one]):
                literal = _LITERAL.fullmatch(named)
                if literal is None:
                    return tuple(sorted(self._templates.items()))
                left.append(literal[2])
        return tuple(sorted(found.items()))

    def ready(self, name: str) -> None:
        """Compile a template, which the first page of it would do. What is wrong with it, a page
        will tell."""
        with contextlib.suppress(jinja2.TemplateError):
            for one, _ in self.closure(name):
                if one.endswith(".html"):
                    self._environment.get_template(one)

    def faults(self) -> tuple[Problem, ...]:
        """Syntax faults of every template, used or not."""
        problems = []
        for name, path in self._paths.items():
            if name.endswith(".html"):
                try:
                    self._environment.get_template(name)
                except jinja2.TemplateSyntaxError as error:
                    span = Span(error.filename or path, error.lineno)
                    problems.append(Problem("T1", error.message or "does not parse", span))
        return tuple(problems)

    def _screen(
        self,
        name: str,
        page: Edition | Front | Profile | SearchPage | Subject | Topics,
        structured: str,
        **values: object,
    ) -> str:
        """A page that has versions in other languages, and what it says to machines."""
        paging, languages = Paging(), page.alternates
        if isinstance(page, ListPage):
            paging, languages = page.paging, page.languages or page.alternates
        return self._render(
            name,
            page.locale,
            page.path,
            alternates=page.alternates,
            languages=languages,
            default_path=page.default_path,
            paging=paging,
            **_data(structured),
            **values,
        )

    def _render(self, name: str, locale: Locale, path: str, **values: object) -> str:
        context = self._page(locale, path) | values
        try:
            return _plain_head(self._environment.get_template(name).render(context))
        except jinja2.TemplateSyntaxError as error:
            span = Span(error.filename or self._paths.get(name, name), error.lineno)
            raise PublishError([Problem("T1", error.message or "does not parse", span)]) from None
        except jinja2.TemplateNotFound as error:
            message = f"template “{error.name}” does not exist"
            raise PublishError([Problem("T1", message, self._place(error, name))]) from None
        except RecursionError:
            problem = Problem(
                "T1", "includes itself without end", Span(self._paths.get(name, name))
            )
            raise PublishError([problem]) from None
        except jinja2.TemplateError as error:
            message = str(error.message)
            raise PublishError([Problem("T1", message, self._place(error, name))]) from None
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            if traceback.extract_tb(error.__traceback__)[-1].filename not in self._paths.values():
                raise  # not the template's own expression
            raise PublishError([Problem("T1", str(error), self._place(error, name))]) from None

    def _place(self, error: Exception, name: str) -> Span:
        # An UndefinedError knows no line; the innermost frame that belongs to a template does.
        known = set(self._paths.values())
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in known]
        if frames:
            return Span(frames[-1].filename, frames[-1].lineno or 1)
        return Span(self._paths.get(name, name))

    def _page(self, locale: Locale, path: str) -> dict[str, Any]:
        return self._language(locale) | {
            "path": path,
            "preview": self._preview,
            "printed": functools.partial(self._printed, locale, path),
            "stylesheets": self.styles,
            "scripts": self.scripts,
            "href": functools.partial(urls.relative, path),
            "url": functools.partial(urls.absolute, self._settings.base_url),
        }

    def _language(self, locale: Locale) -> dict[str, Any]:
        """What templates can say about the page's language, and in it."""
        known = self._languages.get(locale)
        if known is None:
            known = self._languages[locale] = self._spoken(locale)
        return known

    def _spoken(self, locale: Locale) -> dict[str, Any]:
        return {
            "locale": locale,
            "settings": self._settings,
            "feed": urls.feed(locale) if self._settings.feeds else "",
            "search_path": urls.search(locale) if self._settings.search else "",
            "topics": self._topics.get(locale.tag, ""),
            "site_title": told(self._settings, self._settings.title, locale),
            "licence": told(self._settings, self._settings.licence, locale),
            "disclaimer": told(self._settings, self._settings.disclaimer, locale),
            "_": functools.partial(self._gettext, locale),
            "pgettext": functools.partial(self._pgettext, locale),
            "ngettext": functools.partial(self._ngettext, locale),
            "run": functools.partial(_run, locale),
            "names": functools.partial(_names, locale),
            "when": functools.partial(_when, locale),
            "passages": functools.partial(self._passages, locale),
            "open_graph": locales.open_graph,
            "language_name": functools.partial(locales.name_in, locale),
            "long_date": lambda date: locales.long_date(date, locale),
            "number": lambda value: locales.number(value, locale),
            "percent": lambda share: locales.percent(share, locale),
            "file_size": lambda size: locales.file_size(size, locale),
            "join": functools.partial(_join, locale),
            "in_language": self._language,
        }

    def _passages(self, locale: Locale, html: str) -> Markup:
        """A rendered text; what opens the new original of a stale passage is said here."""

        def opening(match: re.Match[str]) -> str:
            since = datetime.date.fromisoformat(match[1]) if match[1] else None
            template = self._environment.get_template("_changed.html")
            words = template.render(self._language(locale) | {"since": since})
            return f'<details class="changed"><summary>{words.strip()}</summary>'

        return Markup(CHANGED.sub(opening, html))  # noqa: S704 — markdown and Jinja made it safe

    def _printed(self, locale: Locale, path: str, html: str) -> Markup:
        """A text rendered for paper; what passages say that are not current is said here."""
        template = self._environment.get_template("_notice.html")
        page = self._page(locale, path)

        def words(match: re.Match[str]) -> str:
            since = datetime.date.fromisoformat(match[2]) if match[2] else None
            foreign = locales.parse(match[3]) if match[3] else None
            said = template.render(page | {"since": since, "foreign": foreign}).strip()
            marks = f' lang="{locale.tag}" dir="{locale.direction}"' if foreign else ""
            return f'<{match[1]} class="notice"{marks}>{said}</{match[1]}>'

        # A note is in the page's language, whichever passage its mark stands in.
        note = f'<span class="footnote" lang="{locale.tag}" dir="{locale.direction}">'
        html = html.replace('<span class="footnote">', note)
        return Markup(NOTICE.sub(words, html))  # noqa: S704 — markdown and Jinja made it safe

    def _forms(self, locale: Locale, context: str, msgid: str) -> tuple[str, ...]:
        return self._interface.get(locale.tag, {}).get((context, msgid), ())

    def _gettext(self, locale: Locale, msgid: str, **fields: object) -> Markup:
        return self._pgettext(locale, "", msgid, **fields)

    def _pgettext(self, locale: Locale, context: str, msgid: str, **fields: object) -> Markup:
        forms = self._forms(locale, context, msgid)
        return _message(forms[0] if forms else _english(msgid), fields)

    def _ngettext(
        self, locale: Locale, singular: str, plural: str, count: int, /, **fields: object
    ) -> Markup:
        forms = self._forms(locale, "", singular)
        if forms:
            message = forms[locales.plural_index(locale, count)]
        else:
            message = _english(singular if count == 1 else plural)
        return _message(message, {"count": locales.number(count, locale)} | fields)


@functools.cache
def _english(message: str) -> str:
    """A message of the templates, for languages that have no words for it."""
    return typography.text(message, _ENGLISH)


def _plain_head(page: str) -> str:
    """The page with plain spaces in its head, where nothing is wrapped: titles and names there go
    into bookmarks, search results and the PDF's properties, and are compared with typed ones."""
    head, end, rest = page.partition("</head>")
    return typography.plain(head) + end + rest if end else page


def _data(structured: str) -> dict[str, str]:
    """A page's data, and the hash by which its policy knows it."""
    digest = base64.b64encode(hashlib.sha256(structured.encode()).digest()).decode()
    text = Markup(structured)  # noqa: S704 — `jsonld` leaves no `<` in it
    return {"structured": text, "structured_hash": f"sha256-{digest}"}


def _run(locale: Locale, run: Run, kind: str = "") -> Markup:
    """A text, marked with its language where that is not the page's, and then with a class."""
    if run.locale == locale:
        return escape(run.text)
    span = Markup('<span lang="{}" dir="{}"{}>{}</span>')
    name = Markup(' class="{}"').format(kind) if kind else ""
    return span.format(run.locale.tag, run.locale.direction, name, run.text)


def _names(locale: Locale, runs: Sequence[Run]) -> Markup:
    """Names as a list in a sentence, each in its own language."""
    return _join(locale, [_run(locale, name) for name in runs])


@functools.lru_cache(maxsize=4096)
def _when(locale: Locale, date: datetime.date) -> Markup:
    """A date, in the page's long form."""
    element = Markup('<time datetime="{}">{}</time>')
    return element.format(date.isoformat(), locales.long_date(date, locale))


def _join(locale: Locale, items: Sequence[Markup | str]) -> Markup:
    """The items as a list in the language, each escaped unless it is safe already."""
    if len(items) == 1:
        return escape(items[0])
    marks = [f"\ue000{index}\ue001" for index in range(len(items))]
    text = str(escape(locales.join(marks, locale)))
    for mark, item in zip(marks, items, strict=True):
        text = text.replace(mark, str(escape(item)))
    return Markup(text)  # noqa: S704 — every part was escaped above
