"""`publish pack`, `export` and `import`: work that leaves the repository and comes back."""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import bundle, catalogue, check, edition, locales, messages, reconcile, sources, xliff
from .errors import Problem, PublishError, Severity, Span, stopping
from .load import Loaded, decode
from .locales import Locale
from .merge import merge
from .messages import Domain
from .model import Catalogue, Returned, Site
from .reconcile import Tally
from .update import with_history, write


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file for a translator."""

    name: str
    """The name it has unless another is wanted."""

    content: bytes
    """The file."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file that came back."""

    path: str
    """The file, as it was named."""

    catalogue: str
    """Path of the catalogue that its words belong to, relative to the site's root."""

    tally: Tally
    """What came in."""


# ── Going out ────────────────────────────────────────────────────────────────────────────────


def pack(root: Path, loaded: Loaded, language: str, name: str) -> Parcel:
    """One ZIP with a catalogue as `publish update` would leave it, and what helps with it.

    Raises `PublishError` for an unknown language or piece and for a fault in the source or the
    catalogue. Nothing in `locales/` is written.
    """
    ((domain, locale),) = _wanted(loaded, language, [name])
    base = _current(loaded, domain, locale)
    title = domain.segments[0].key[1] if domain.path else "tags"
    others = {bundle.README: _readme(title, domain, locale).encode()}
    glossary = f"locales/{locale.posix}/{bundle.GLOSSARY}"
    for source, member, limit in (
        (domain.path, f"{domain.name}.md", sources.SIZE),
        (glossary, bundle.GLOSSARY, catalogue.SIZE),
    ):
        if source and (source != glossary or os.path.lexists(root / source)):
            others[member] = _content(root / source, source, limit)
    return Parcel(f"{_file_name(domain)}.{locale.tag}.zip", bundle.pack(base, others))


def export(loaded: Loaded, language: str, names: Sequence[str] = ()) -> tuple[Parcel, ...]:
    """An XLIFF file for each catalogue, as a pack would have it; for all of them without names.

    Raises `PublishError` for what is unknown, for faults in the source or the catalogue, and where
    the extra is not installed. Nothing in `locales/` is written.
    """
    wanted = _wanted(loaded, language, names) if names else _all(loaded, language)
    parcels: dict[str, Parcel] = {}
    problems: list[Problem] = []
    for domain, locale in wanted:
        name = f"{domain.name.replace('/', '-')}.{locale.tag}.xlf"
        try:
            content = xliff.pack(_current(loaded, domain, locale), domain.locale)
        except PublishError as error:
            problems += error.problems
        else:
            parcels[name] = Parcel(name, content)
    if problems:
        raise PublishError(problems)
    return tuple(parcels.values())


def save(path: Path, content: bytes) -> None:
    """Write a file for a translator; never over another one, which may be one that came back."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            try:
                file.write(content)
            except OSError:
                with contextlib.suppress(OSError):
                    path.unlink()
                raise
    except FileExistsError:
        if path.is_file() and path.read_bytes() == content:
            return
        hint = "take it away, or name another place with --to"
        problem = Problem("F8", "is there already, and is another file", Span(str(path)), hint)
        raise PublishError([problem]) from None
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise PublishError([Problem("F8", message, Span(str(path)))]) from None


def _wanted(
    loaded: Loaded, language: str, names: Sequence[str]
) -> tuple[tuple[Domain, Locale], ...]:
    """The domains that are named, each with the language; raises for what is not there."""
    site = loaded.site
    locale, faults = _language(site, language)
    known = {domain.name: domain for domain in messages.of_sources(site) if domain.segments}
    found: list[Domain] = []
    for name in names:
        full = name.removeprefix("sources/").removesuffix(".md")
        if full not in known and "/" not in full:
            full = f"pieces/{full}"
        if full in known:
            found.append(known[full])
            continue
        unread = [p for p in stopping(loaded.problems) if p.span.path == f"sources/{full}.md"]
        faults += unread or [_unknown(full, known)]
    for domain in found:
        faults += _faults(loaded, domain, locale)
        if locale == domain.locale:
            message = f"{domain.name} is written in {locale.tag}"
            faults.append(Problem("F8", message, Span(domain.path or "sources"), _OTHER))
    if faults or locale is None:
        raise PublishError(faults)
    return tuple((domain, locale) for domain in found)


def _all(loaded: Loaded, language: str) -> tuple[tuple[Domain, Locale], ...]:
    """Every domain that is translated into a language; raises where one of them cannot be read."""
    locale, faults = _language(loaded.site, language)
    if locale is None:
        raise PublishError(faults)
    found = [domain for domain in messages.of_sources(loaded.site) if domain.segments]
    found = [domain for domain in found if domain.locale != locale]
    faults += [p for p in stopping(loaded.problems) if p.span.path.startswith("sources/")]
    for domain in found:
        faults += _faults(loaded, domain, locale)
    if not found and not faults:
        hint = "name a language that something is translated into"
        message = f"nothing is translated into {locale.tag}"
        faults.append(Problem("F8", message, Span("sources"), hint))
    if faults:
        raise PublishError(faults)
    return tuple((domain, locale) for domain in found)


_OTHER = "name a language that it is translated into"


def _language(site: Site, language: str) -> tuple[Locale | None, list[Problem]]:
    known = site.settings.languages
    try:
        locale = locales.parse(language.replace("_", "-"))
    except locales.UnknownLocaleError as error:
        near = [error.near] if error.near else difflib.get_close_matches(language, _tags(site), 1)
        locale = None
    else:
        near = difflib.get_close_matches(language, _tags(site), 1)
    if locale in known:
        return locale, []
    hint = f"did you mean {near[0]}?" if near and near[0] in _tags(site) else ""
    hint = hint or "the site has " + ", ".join(_tags(site))
    message = f"“{language}” is not a language of the site"
    return None, [Problem("F8", message, Span("pyproject.toml"), hint)]


def _tags(site: Site) -> list[str]:
    return [locale.tag for locale in site.settings.languages]


def _unknown(name: str, known: dict[str, Domain]) -> Problem:
    near = difflib.get_close_matches(name, sorted(known), 1)
    hint = f"did you mean {near[0].removeprefix('pieces/')}?" if near else ""
    short = name.removeprefix("pieces/")
    what = f"there is no piece “{short}”" if "/" not in short else f"there is no “{name}”"
    return Problem("F8", what, Span("sources/pieces"), hint)


def _faults(loaded: Loaded, domain: Domain, locale: Locale | None) -> Iterator[Problem]:
    """Faults for which a catalogue cannot be brought up to date: a half-read source would retire
    translations."""
    found = [*stopping(loaded.problems), *check.sources(loaded.site, loaded.problems)]
    own = {domain.path, _path(domain, locale) if locale else ""}
    for problem in found:
        path = problem.span.path
        if path in own or (not domain.path and path.startswith("sources/pieces")):
            yield problem


def _current(loaded: Loaded, domain: Domain, locale: Locale) -> Catalogue:
    """The catalogue as `publish update` would leave it, but for suggestions of other texts."""
    old = _catalogues(loaded.site).get((domain.name, locale))
    return with_history(loaded.site, merge(old, domain, locale)[0], domain, locale)


def _catalogues(site: Site) -> dict[tuple[str, Locale], Catalogue]:
    return edition.catalogues(site, tuple(messages.of_sources(site)))


def _path(domain: Domain, locale: Locale) -> str:
    return f"locales/{locale.posix}/LC_MESSAGES/{domain.name}.po"


def _file_name(domain: Domain) -> str:
    """A name for a file beside others: no folder, and no two domains the same."""
    return domain.name.removeprefix("pieces/").replace("/", ".")


def _readme(title: str, domain: Domain, locale: Locale) -> str:
    also = f"{domain.name}.md is the whole original, to read along.\n" if domain.path else ""
    return f"""{title}
{"=" * min(len(title), 72)}

To be translated from {domain.locale.endonym} ({domain.locale.tag}) \
into {locale.endonym} ({locale.tag}).

Unpack this archive and open {domain.name}.po in Poedit or in any other editor of
gettext catalogues. One message is one paragraph, heading, note or title.
{also}{bundle.GLOSSARY}, where it is there, lists the words that were agreed on.

What to keep
------------
You change words, nothing else. Keep, and move where your sentence needs it:
  [^1]                 the mark of a note
  [words](address)     the address; translate the words
  [words]{{lang=fa}}     what stands in braces
  `code`               what stands between backticks, as it is
  a backslash at the end of a line, which is a line break
A message marked "needs work" (fuzzy) was translated from an earlier text, which
your editor shows beside it. Take the mark away when the translation is right.
Your remarks are welcome as comments of a message.

How to send it back
-------------------
Save {domain.name}.po under its own name, pack the whole folder into a ZIP archive
again and send that. Leave the folder do-not-edit as it is: by it your work is told
from what others did meanwhile. The original texts are not changed here; if one is
wrong, write to the editors.
"""


# ── Coming back ──────────────────────────────────────────────────────────────────────────────


def receive(
    root: Path, loaded: Loaded, files: Sequence[Path]
) -> tuple[tuple[Arrival, ...], tuple[Problem, ...]]:
    """Bring in what translators sent back: what came in by file, and what was left aside.

    All or nothing: raises `PublishError` with the problems of all files before one is written.
    """
    domains = {domain.name: domain for domain in messages.of_sources(loaded.site)}
    current: dict[tuple[str, Locale], Catalogue] = {}
    changed: set[tuple[str, Locale]] = set()
    arrivals: list[Arrival] = []
    problems: list[Problem] = []
    for file in files:
        returned, found = _returned(loaded.site, file)
        problems += found
        if returned is None or returned.theirs.locale is None:
            continue
        locale, domain = returned.theirs.locale, domains.get(returned.theirs.domain)
        faults = list(_homeless(loaded, returned, domain, locale))
        if domain is None or faults:
            problems += faults
            continue
        key = domain.name, locale
        ours = current.get(key) or _current(loaded, domain, locale)
        rebased = merge(returned.theirs, domain, locale)[0]
        new, tally, found = reconcile.reconcile(ours, returned.base, returned.theirs, rebased)
        problems += found
        arrivals.append(Arrival(str(file), _path(domain, locale), tally))
        if tally.came or new.header_comment != ours.header_comment:
            current[key] = with_history(loaded.site, merge(new, domain, locale)[0], domain, locale)
            changed.add(key)
            problems += _unreadable(current[key], _path(domain, locale))
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise PublishError(problems)
    known = _catalogues(loaded.site)
    for name, locale in sorted(changed, key=lambda key: (key[0], key[1].tag)):
        path = _path(domains[name], locale)
        write(root, path, current[name, locale], known.get((name, locale)))
    return tuple(arrivals), tuple(problems)


def _returned(site: Site, file: Path) -> tuple[Returned | None, tuple[Problem, ...]]:
    path = str(file)
    if file.suffix.casefold() == ".zip":
        try:
            data = _content(file, path, bundle.SIZE)
        except PublishError as error:
            return None, error.problems
        return bundle.unpack(path, data, site.settings.languages)
    if file.suffix.casefold() in (".xlf", ".xliff"):
        try:
            data = _content(file, path, xliff.SIZE)
        except PublishError as error:
            return None, error.problems
        return xliff.unpack(path, data, site.settings.languages)
    hint = "publish pack makes a .zip, publish export an .xlf; a .po has its place in locales/"
    return None, (Problem("X1", "is not a file that is taken back", Span(path), hint),)


def _homeless(
    loaded: Loaded, returned: Returned, domain: Domain | None, locale: Locale
) -> Iterator[Problem]:
    """Why the words of a file have no place here."""
    name, span = returned.theirs.domain, Span(returned.theirs.path)
    if domain is None or not domain.segments:
        unread = [p for p in stopping(loaded.problems) if p.span.path == f"sources/{name}.md"]
        yield from unread or [
            Problem("X1", f"there is no {name} any more", span, "was it renamed or taken away?")
        ]
    elif locale == domain.locale:
        yield Problem("X1", f"{name} is written in {locale.tag}", span, _OTHER)
    else:
        yield from _faults(loaded, domain, locale)


def _unreadable(new: Catalogue, path: str) -> Iterator[Problem]:
    """What would keep the catalogue from being read again once it is written."""
    data = catalogue.dump(new).encode()
    if len(data) > catalogue.SIZE:
        message = f"would become larger than {catalogue.SIZE // 1024:,} KiB"
        yield Problem("F7", message, Span(path))
        return
    text, problems = decode(path, data)
    again = None
    if not problems:
        again, problems = catalogue.read(path, text, new.domain, new.locale)
    yield from problems
    if not problems and again != new:
        raise AssertionError(path)


def _content(file: Path, path: str, limit: int) -> bytes:
    """The content of a regular file, never through a link and never more than the limit."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(file, flags)
    except OSError as error:
        if file.is_symlink():
            problem = Problem("F1", "is a symbolic link", Span(path), "name the file itself")
        else:
            problem = Problem("F8", f"cannot be read: {error.strerror}", Span(path))
        raise PublishError([problem]) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise PublishError([Problem("F1", "is not a regular file", Span(path))])
    with os.fdopen(descriptor, "rb") as opened:
        data = opened.read(limit + 1)
    if len(data) > limit:
        message = f"is larger than {limit // 1024:,} KiB"
        raise PublishError([Problem("F7", message, Span(path))])
    return data
