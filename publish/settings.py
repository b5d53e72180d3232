"""The site's settings: `[tool.publish]` of pyproject.toml, read with the standard library."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from . import locales, typography, urls
from .errors import Problem, PublishError, Span
from .locales import Locale
from .model import Ignore, Paper, Run, Settings

FILE = "pyproject.toml"
"""The file that holds the settings."""

THEME = "templates"
"""Folder of a site's own templates where no other is named; it need not exist."""

SIZES = ("A4", "Letter")
"""Sizes of paper."""

_PUBLISHED = "output"
_KNOWN = tuple(item.name for item in dataclasses.fields(Settings))
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(?:/[A-Za-z0-9._~\-/]*)?\Z")
_LINK = re.compile(r"https?://[^\s<>\"]+\Z")
_TABLE = re.compile(r"\s*\[tool\.publish(?:\.([\w-]+)[^\]]*)?\]")
_ANY_TABLE = re.compile(r"\s*\[")


def parse(text: str) -> Settings:
    """The settings in the text of a pyproject.toml.

    Raises `PublishError` with every fault: bad TOML, unknown keys (with the nearest known one),
    missing keys, values of the wrong kind.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 1)
        message = "TOML: " + _lowered(str(error).partition(" (at ")[0])
        hint = "a line is [table] or key = value, and texts stand in double quotes"
        raise PublishError([Problem("C1", message, Span(FILE, line, column), hint)]) from None
    except (ValueError, RecursionError):
        message = "TOML: a number is too long, or values are nested too deeply"
        raise PublishError([Problem("C1", message, Span(FILE))]) from None
    tools = document.get("tool")
    table = tools.get("publish") if isinstance(tools, dict) else None
    if not isinstance(table, dict):
        hint = "add [tool.publish] with title, base_url and languages"
        raise PublishError([Problem("C1", "there is no [tool.publish]", Span(FILE), hint)])
    reader = _Reader(table, _places(text))
    settings = reader.settings()
    if reader.problems or settings is None:
        raise PublishError(reader.problems)
    return settings


def told(settings: Settings, texts: Mapping[str, str], locale: Locale) -> Run | None:
    """One of the settings' texts in a language, else in the default one; set by its rules."""
    shown = locale if locale.tag in texts else settings.default_language
    return Run(typography.text(texts[shown.tag], shown), shown) if shown.tag in texts else None


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]  # tomllib's own English


def _places(text: str) -> Mapping[str, Span]:
    """Where each key of the table stands; tomllib keeps no positions."""
    places: dict[str, Span] = {}
    inside = False
    for number, line in enumerate(text.split("\n"), start=1):
        if _ANY_TABLE.match(line):
            table = _TABLE.match(line)
            inside = table is not None
            if table:
                places.setdefault(table[1] or "", Span(FILE, number, line.index("[") + 1))
        elif inside and (match := re.match(r"(\s*)[\"']?([\w-]+)[\"']?\s*[.=]", line)):
            places.setdefault(match[2], Span(FILE, number, len(match[1]) + 1))
    return places


def _nearest(name: str, known: Sequence[str]) -> str:
    """A hint for a name that is not known."""
    folded = {item.casefold(): item for item in known}
    near = difflib.get_close_matches(name.casefold(), folded, 1)
    return f"did you mean {folded[near[0]]}?" if near else "known are " + ", ".join(known)


@dataclass(slots=True)
class _Reader:
    """Reads one table and collects its faults."""

    table: Mapping[str, object]
    places: Mapping[str, Span]
    problems: list[Problem] = field(default_factory=list)

    def settings(self) -> Settings | None:
        for key in self.table:
            if key not in _KNOWN:
                self._add("C2", f"unknown setting “{key}”", key, _nearest(key, _KNOWN))
        languages = self._languages()
        default = self._default(languages)
        title = self._texts("title", "Meridian Notes", default, languages, required=True)
        base_url = self._base_url()
        threshold = self._share("threshold", 1.0)
        floor = self._share("floor", min(0.6, threshold))
        if floor > threshold:
            self._add("C3", "floor is above threshold", "floor", "a share between 0 and threshold")
        theme = self._theme()
        check_ignore = self._check_ignore(languages)
        house_quotes = self._house_quotes(languages)
        pdf = self._pdf()
        licence = self._texts("licence", "CC BY 4.0", default, languages)
        licence_url = self._licence_url()
        views = "The views are the authors’ own."
        disclaimer = self._texts("disclaimer", views, default, languages)
        feeds = self._switch("feeds", default=True)
        search = self._switch("search", default=False)
        page_size = self._page_size()
        slugs = self._slugs()
        if default is None or self.problems:
            return None
        return Settings(
            title=title,
            base_url=base_url,
            languages=languages,
            default_language=default,
            threshold=threshold,
            floor=floor,
            theme=theme,
            check_ignore=check_ignore,
            house_quotes=house_quotes,
            pdf=pdf,
            licence=licence,
            licence_url=licence_url,
            disclaimer=disclaimer,
            feeds=feeds,
            search=search,
            page_size=page_size,
            slugs=slugs,
        )

    def _add(self, code: str, message: str, key: str = "", hint: str = "") -> None:
        span = self.places.get(key) or self.places.get("") or Span(FILE)
        self.problems.append(Problem(code, message, span, hint))

    def _required(self, key: str, example: str) -> object:
        if key not in self.table:
            self._add("C3", f"{key} is missing", hint=f"for example {example}")
        return self.table.get(key)

    def _locale(self, tag: object, key: str) -> Locale | None:
        if not isinstance(tag, str):
            hint = "BCP 47, such as en, tr, pt-BR"
            self._add("C3", f"{key}: {tag} is not a language tag in quotes", key, hint)
            return None
        try:
            return locales.parse(tag)
        except locales.UnknownLocaleError as error:
            hint = f"did you mean {error.near}?" if error.near else "BCP 47, such as en, tr, pt-BR"
            self._add("C3", f"{key}: “{tag}” is not a language tag", key, hint)
            return None

    def _languages(self) -> tuple[Locale, ...]:
        tags = self._required("languages", 'languages = ["en", "tr"]')
        if tags is None:
            return ()
        if not isinstance(tags, list) or not tags:
            hint = 'for example languages = ["en", "tr"]'
            self._add("C3", "languages is not a list of language tags", "languages", hint)
            return ()
        found = [self._locale(tag, "languages") for tag in tags]
        for index, locale in enumerate(found):
            if locale is not None and locale in found[:index]:
                message, hint = f"languages: {locale.tag} stands twice", "each stands once"
                self._add("C3", message, "languages", hint)
        # With a fault in it the list says nothing about the default language.
        return tuple(locale for locale in found if locale is not None) if all(found) else ()

    def _default(self, languages: tuple[Locale, ...]) -> Locale | None:
        if "default_language" not in self.table:
            return languages[0] if languages else None
        locale = self._locale(self.table["default_language"], "default_language")
        if locale is None or not languages or locale in languages:
            return locale
        hint = "the site has " + ", ".join(dict.fromkeys(known.tag for known in languages))
        message = f"default_language {locale.tag} is not one of the languages"
        self._add("C3", message, "default_language", hint)
        return None

    def _check_ignore(self, languages: tuple[Locale, ...]) -> Mapping[str, tuple[Ignore, ...]]:
        table = self.table.get("check_ignore", {})
        hint = '[tool.publish.check_ignore.tr] holds lines such as W8 = "the reason"'
        if not isinstance(table, dict) or not all(isinstance(v, dict) for v in table.values()):
            self._add("C3", "check_ignore is not a table of tables", "check_ignore", hint)
            return {}
        found: dict[str, tuple[Ignore, ...]] = {}
        for tag, reasons in table.items():
            if languages and tag not in [locale.tag for locale in languages]:
                message = f"check_ignore: {tag} is not one of the languages"
                self._add("C3", message, "check_ignore", hint)
            if not all(isinstance(reason, str) for reason in reasons.values()):
                message = f"check_ignore: a reason in {tag} is not a text"
                self._add("C3", message, "check_ignore", hint)
                continue
            nowhere = self.places.get("check_ignore") or Span(FILE)
            found[tag] = tuple(
                Ignore(code, reason.strip(), self.places.get(code) or nowhere)
                for code, reason in reasons.items()
            )
        return found

    def _house_quotes(self, languages: tuple[Locale, ...]) -> tuple[Locale, ...]:
        tags = self.table.get("house_quotes", [])
        known = [locale.tag for locale in languages]
        if not isinstance(tags, list) or (languages and not all(tag in known for tag in tags)):
            hint = "for example " + 'house_quotes = ["ru"]'
            message = "house_quotes is not a list of languages of the site"
            self._add("C3", message, "house_quotes", hint)
            return ()
        return tuple(locale for locale in languages if locale.tag in tags)

    def _texts(
        self,
        key: str,
        example: str,
        default: Locale | None,
        languages: tuple[Locale, ...],
        *,
        required: bool = False,
    ) -> Mapping[str, str]:
        """A text by language; alone it is in the default language."""
        if required:
            self._required(key, f'{key} = "{example}"')
        value = self.table.get(key)
        if isinstance(value, str):
            self._one_line(value, key, key)
            return {default.tag: value.strip()} if default else {}
        if isinstance(value, dict) and value:
            for tag, text in value.items():
                locale = self._locale(tag, key)
                if locale is not None and languages and locale not in languages:
                    hint = f"add {tag} to languages, or take the text out"
                    self._add("C3", f"{key}: {tag} is not one of the languages", key, hint)
                self._one_line(text, key, f"{key} in {tag}")
            if default is not None and default.tag not in value:
                message = f"{key} has no text in the default language, {default.tag}"
                self._add("C3", message, key, f'add {default.tag} = "…"')
            return {str(tag): str(text).strip() for tag, text in value.items()}
        if value is not None:
            hint = f'{key} = "{example}", or {key} = {{ en = "…", tr = "…" }}'
            message = f"{key} is neither a text nor a table of texts by language"
            self._add("C3", message, key, hint)
        return {}

    def _one_line(self, text: object, key: str, name: str) -> None:
        if not isinstance(text, str) or not text.strip():
            self._add("C3", f"{name} is not a text", key, "write it in double quotes")
        elif any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in text):
            self._add("C3", f"{name} has more than one line", key, "write it in one line")

    def _pdf(self) -> Paper:
        table = self.table.get("pdf", {})
        if not isinstance(table, dict):
            hint = 'for example pdf = { paper = "Letter" }'
            self._add("C3", "pdf is not a table", "pdf", hint)
            return Paper()
        known = tuple(item.name for item in dataclasses.fields(Paper))
        for key in table:
            if key not in known:
                message = f"unknown setting “{key}” in pdf"
                self._add("C2", message, "pdf", _nearest(key, known))
        paper = table.get("paper", Paper().paper)
        if paper not in SIZES:
            message = f"pdf: “{paper}” is not a size of paper"
            self._add("C3", message, "pdf", _nearest(str(paper), SIZES))
        return Paper(str(paper))

    def _switch(self, key: str, *, default: bool) -> bool:
        value = self.table.get(key, default)
        if not isinstance(value, bool):
            self._add("C3", f"{key} is neither true nor false", key, f"{key} = true, or false")
            return default
        return value

    def _page_size(self) -> int:
        size = self.table.get("page_size", 20)
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 200:
            hint = "how many pieces a page of a list has, for example page_size = 20"
            self._add("C3", "page_size is not a number from 1 to 200", "page_size", hint)
            return 20
        return size

    def _slugs(self) -> Mapping[str, str]:
        table = self.table.get("slugs", {})
        hint = '[tool.publish.slugs] holds lines such as "Вода" = "water"'
        if not isinstance(table, dict):
            self._add("C3", "slugs is not a table", "slugs", hint)
            return {}
        for words, slug in table.items():
            fault = "is not a text"
            if isinstance(slug, str):
                # Topics and series have folders of their own, where nothing is taken.
                fault = "" if slug in urls.RESERVED else urls.slug_fault(slug)
            if fault:
                self._add("C3", f"slugs: the address of “{words}” {fault}", "slugs", hint)
        return {unicodedata.normalize("NFC", words): str(slug) for words, slug in table.items()}

    def _licence_url(self) -> str:
        address = self.table.get("licence_url", "")
        if "licence_url" not in self.table:
            return ""
        if not isinstance(address, str) or not _LINK.match(address):
            hint = "for example https://creativecommons.org/licenses/by/4.0/"
            self._add("C3", "licence_url is not a web address", "licence_url", hint)
        elif "licence" not in self.table:
            hint = 'say what it is, for example licence = "CC BY 4.0"'
            self._add("C3", "licence_url stands without licence", "licence_url", hint)
        return str(address)

    def _base_url(self) -> str:
        address = self._required("base_url", 'base_url = "https://example.org"')
        if address is not None and not (isinstance(address, str) and _ADDRESS.match(address)):
            hint = "for example https://example.org or https://example.org/notes"
            self._add("C3", "base_url is not an absolute web address", "base_url", hint)
        return str(address).rstrip("/")

    def _share(self, key: str, default: float) -> float:
        value = self.table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            hint = "1.0 is all words, 0.6 three fifths of them"
            self._add("C3", f"{key} is not a share between 0 and 1", key, hint)
            return default
        return float(value)

    def _theme(self) -> str:
        theme = self.table.get("theme", THEME)
        path = PurePosixPath(str(theme))
        inside = path.parts and not path.is_absolute() and ".." not in path.parts
        if not isinstance(theme, str) or not inside or "\0" in theme:
            hint = f'for example theme = "{THEME}"'
            self._add("C3", "theme is not a folder inside the site", "theme", hint)
        elif path.parts[0] == _PUBLISHED or any(part.startswith(".") for part in path.parts):
            # Builds write there, or other tools, and none of them expects templates.
            hint = f'for example theme = "{THEME}"; {_PUBLISHED}/ and hidden folders are no place'
            self._add("C3", f"theme: {path} is not a folder for templates", "theme", hint)
        return str(path)
