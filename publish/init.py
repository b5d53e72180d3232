"""`publish init`: a new site that can be published at once."""

from __future__ import annotations

import datetime
import json
import secrets
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import check, settings, sources
from .errors import Problem, PublishError, Span, stopping
from .load import load
from .locales import Locale
from .messages import INTERFACE
from .model import Site
from .snapshot import packaged_theme
from .update import update

_AUTHOR = "sample-author"
_PIECE = "sample-piece"
_HISTORY = ".git"  # a repository that holds nothing yet


@dataclass(frozen=True, slots=True)
class Begun:
    """What a new site has, and what it lacks."""

    files: tuple[str, ...]
    """Files and folders at the site's root, sorted; a folder ends in a slash."""

    problems: tuple[Problem, ...]
    """What has to be done before the site can be published; mostly nothing."""

    untranslated: tuple[Locale, ...]
    """Languages that the packaged templates do not speak."""

    to_translate: tuple[str, ...]
    """The catalogues to translate for them."""


def init(
    target: Path,
    title: str,
    languages: Sequence[Locale],
    base_url: str,
    today: datetime.date,
) -> Begun:
    """Begin a site in `target`, an empty folder or none yet; one with a bare `.git` is empty.

    Raises `PublishError` with every fault of the settings, or where the folder is not empty or
    cannot be written; it then stands as it was.
    """
    title = unicodedata.normalize("NFC", title.strip())
    if fault := sources.line_fault(title):
        hint = "give it as you would print it, in one line"
        raise PublishError([Problem("C3", f"the title {fault}", Span(settings.FILE), hint)])
    tags = [locale.tag for locale in languages]
    told = _settings(title, tags, base_url)
    settings.parse(told)
    if target.exists() and not target.is_dir():
        raise _fault(target, "is not a folder", "name one that is empty or not there yet")
    fresh = [path for path in (target, *target.parents) if not path.exists()]
    try:
        target.mkdir(parents=True, exist_ok=True)
        if {path.name for path in target.iterdir()} - {_HISTORY}:
            raise _fault(target, "is not empty", "name a folder that is empty or not there yet")
    except OSError as error:
        _remove(fresh)
        raise _fault(target, f"cannot be written: {error.strerror}", _CHOOSE) from None
    # All or nothing: the site is made in a corner of its folder and moved out when it is whole.
    corner = target / f".publish-init.{secrets.token_hex(8)}"
    moved: list[Path] = []
    done = False
    try:
        for path, content in {**_theme(), **_files(told, languages, title, today)}.items():
            file = corner / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        update(corner, load(corner))
        loaded = load(corner)
        problems = stopping(check.check(loaded))
        entries = sorted(corner.iterdir())
        names = tuple(f"{one.name}/" if one.is_dir() else one.name for one in entries)
        for entry in entries:
            moved.append(entry.rename(target / entry.name))  # noqa: PERF401 — known when one fails
        done = True
    except OSError as error:
        raise _fault(target, f"cannot be written: {error.strerror}", _CHOOSE) from None
    finally:
        shutil.rmtree(corner, ignore_errors=True)
        if not done:
            for one in moved:
                shutil.rmtree(one) if one.is_dir() else one.unlink()
            _remove(fresh)
    silent = _silent(loaded.site, problems)
    paths = tuple(f"locales/{locale.posix}/LC_MESSAGES/{INTERFACE}.po" for locale in silent)
    return Begun(names, problems, silent, paths)


_CHOOSE = "name another folder, or see to its rights and the space on the disk"


def _fault(target: Path, message: str, hint: str) -> PublishError:
    return PublishError([Problem("O3", message, Span(str(target)), hint)])


def _remove(folders: Sequence[Path]) -> None:
    """Take away folders that were made for nothing, the innermost first."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _silent(site: Site, problems: Sequence[Problem]) -> tuple[Locale, ...]:
    paths = [problem.span.path for problem in problems if problem.code == "T2"]
    return tuple(
        locale
        for locale in site.settings.languages
        if f"locales/{locale.posix}/LC_MESSAGES/{INTERFACE}.po" in paths
    )


# ── Files ────────────────────────────────────────────────────────────────────────────────────


def _theme() -> dict[str, bytes]:
    """A copy of the packaged templates."""
    folder = packaged_theme() / "templates"
    found = {
        f"{settings.THEME}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("[!.]*[!~]"))
        # A script goes with the version of the package that it searches the index of.
        if path.is_file() and path.suffix != ".js"
    }
    return found | {f"{settings.THEME}/README.md": _TEMPLATES.encode()}


def _files(
    told: str, languages: Sequence[Locale], title: str, today: datetime.date
) -> dict[str, bytes]:
    found = {
        settings.FILE: told,
        ".gitignore": _IGNORED,
        "README.md": _README.format(title=title, tags=", ".join(one.tag for one in languages)),
    }
    # A sample in another language than it says would be the first wrong `lang` of the site.
    spoken = [one for one in languages if one.posix.partition("_")[0] in _SAMPLES]
    if not spoken:
        # Version control keeps no empty folders.
        found |= {f"sources/{name}/.gitkeep": "" for name in ("authors", "pieces")}
    else:
        locale = spoken[0]
        author, piece, topic = _SAMPLES[locale.posix.partition("_")[0]]
        topics = topic if locale == languages[0] else ""  # topics are in the site's own language
        found[f"sources/authors/{_AUTHOR}.md"] = author.format(tag=locale.tag)
        found[f"sources/pieces/{_PIECE}.md"] = piece.format(
            tag=locale.tag, date=today, author=_AUTHOR, topics=topics
        )
    return {path: text.encode() for path, text in found.items()}


def _settings(title: str, tags: Sequence[str], base_url: str) -> str:
    def quoted(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    return f"""\
# The settings of this site; those that begin with # show what is so without them.
[tool.publish]
# One text, or one for each language: title = {{ en = "…", tr = "…" }}
title = {quoted(title)}
# Where readers find the site; feeds, sitemap and PDFs name it.
base_url = {quoted(base_url)}
# In the order in which they are listed; tags as in <html lang>.
languages = {quoted(list(tags))}
# The language of the topics, and of readers who have none of the others.
default_language = {quoted(tags[0] if tags else "")}

# The share of words that are translated before an edition first appears, and the share below
# which one is withdrawn that was once complete.
# threshold = 1.0
# floor = 0.6

# theme = "templates"
# feeds = true
# How many pieces a page of a list has.
# page_size = 20
# A search page for each language; needs: pip install 'publish-editions[search]'
# search = true
# pdf = {{ paper = "A4" }}

# licence = "CC BY 4.0"
# licence_url = "https://creativecommons.org/licenses/by/4.0/"
# disclaimer = "The views are the authors’ own."
"""


_IGNORED = """\
# the published site, and what builds leave beside it
/output/
/.output.*
/.publish-cache/
"""

_README = """\
# {title}

The texts of this site, their translations and its look, made into pages and PDFs by `publish`.
Languages: {tags}.

| where | what |
|---|---|
| `pyproject.toml` | the settings |
| `sources/authors/` | one file for each author: name and biography |
| `sources/pieces/` | one file for each text; the file’s name is its address |
| `locales/` | one catalogue for each text and language, for translators |
| `templates/` | the look of pages and PDFs |
| `output/` | the published site; each build replaces it whole |

## First

1. Set `title` and `base_url` in `pyproject.toml`.
2. Write an author in `sources/authors/`: name, language, biography.
3. Start a text: `publish new "The Title" --author the-author`.
4. Read it through with `publish check`; it names each fault with its line.
5. Make its catalogues: `publish update`. Translators open them with Poedit or Weblate.
6. Publish: `publish build`, then look at `output/` through any web server:
   `python3 -m http.server --directory output --bind 127.0.0.1`.

Then take the sample away, if there is one: its two files in `sources/`, and what `locales/` has
of them.

After every edit of a text run `publish update` again: translations of unchanged paragraphs stay
as they are, those of changed ones are marked for another look. `publish status` says how far
each language is.

## Going public

`output/` is plain files; any web server will do. `_headers` in it is for hosts that read it;
`publish hosting nginx` and `publish hosting caddy` print the same for servers of your own.
"""

_TEMPLATES = """\
# Templates

A copy of the templates that come with `publish`, yours to change: `.html` files are Jinja,
`screen.css` is the look of pages, `print.html` and `print.css` make the PDFs.

Delete the files that you do not change. Where one is missing here, the packaged one is used,
and it gets better with each release of `publish`; a copy stays as it is.

After changing what a template says run `publish update`, and translate the `interface`
catalogues in `locales/`.
"""

_SAMPLES: Mapping[str, tuple[str, str, str]] = {
    "en": (
        """\
---
name: Sample Author
affiliation: The house of examples
language: {tag}
---

Sample Author is nobody: a name that stands here until the first real one does. The biography of
an author is a few sentences like these, in the language of whoever wrote them.
""",
        """\
---
title: "A first piece"
date: {date}
language: {tag}
authors: [{author}]
tags: [{topics}]
summary: >-
  This text shows what a piece can have, and waits to be replaced by one that has something to
  say.
---

A piece is one file. Above stand its title, its date and its authors; below, one paragraph after
another, stands what it has to say. The first paragraph should tell readers why they are
here.[^1]

## What a heading does

Headings divide a long text, and lead readers to the part that they want. They are short and
have no full stop. A word that matters is set *in italics*, and a link says [who wrote
this](../authors/sample-author.md).

> A quotation stands by itself, a little to the side.

Translators find each paragraph of this text in a catalogue of its own language. When a
paragraph is edited, only its translations need another look.

[^1]: A note stands at the foot of the page in the PDF, and at the end of the text on the web.
""",
        "Writing",
    ),
    "tr": (
        """\
---
name: Örnek Yazar
affiliation: Örnekler Evi
language: {tag}
---

Örnek Yazar gerçek bir kişi değildir; ilk gerçek yazar gelinceye kadar burada duran bir addır.
Yazarın özgeçmişi, hangi dilde kaleme alındıysa o dilde, böyle birkaç cümleden oluşur.
""",
        """\
---
title: "İlk yazı"
date: {date}
language: {tag}
authors: [{author}]
tags: [{topics}]
summary: >-
  Bu metin, bir yazıda neler bulunabileceğini gösterir ve yerini söyleyecek sözü olan bir
  yazıya bırakmayı bekler.
---

Her yazı tek bir dosyadır. Yukarıda başlığı, tarihi ve yazarları, aşağıda ise sırasıyla
söyleyecekleri yer alır. İlk paragraf okura neden burada olduğunu anlatmalıdır.[^1]

## Ara başlık ne işe yarar

Ara başlıklar uzun metni böler, okuru aradığı bölüme götürür. Kısadırlar, sonlarına nokta
konmaz. Önemli bir sözcük *italik* yazılır; bağlantı ise [bu yazının
yazarı](../authors/sample-author.md) gibi nereye götürdüğünü söyler.

> Alıntı, metinden biraz içeride, tek başına durur.

Çevirmenler bu metnin her paragrafını kendi dillerinin kataloğunda bulur. Bir paragraf
değiştiğinde yalnızca onun çevirilerine yeniden bakmak gerekir.

[^1]: Not, PDF’te sayfanın altında, web sayfasında metnin sonunda yer alır.
""",
        "Yazarlık",
    ),
    "ru": (
        """\
---
name: Автор Образцов
affiliation: Дом примеров
language: {tag}
---

Автор Образцов — вымышленное лицо: это имя стоит здесь, пока не появится первое настоящее.
Биография автора — это несколько таких предложений на том языке, на котором она написана.
""",
        """\
---
title: "Первый текст"
date: {date}
language: {tag}
authors: [{author}]
tags: [{topics}]
summary: >-
  Этот текст показывает, из чего может состоять публикация, и ждёт, когда его сменит тот,
  которому есть что сказать.
---

Каждый текст — это один файл. Вверху стоят заголовок, дата и авторы, ниже, абзац за абзацем, —
то, что в нём говорится. Первый абзац объясняет читателю, зачем он здесь[^1].

## Зачем нужен подзаголовок

Подзаголовки делят длинный текст и ведут читателя к нужной части. Они коротки, и точка после них
не ставится. Важное слово выделяют *курсивом*, а ссылка говорит, куда она ведёт: [автор этого
текста](../authors/sample-author.md).

> Цитата стоит отдельно, с небольшим отступом.

Переводчики находят каждый абзац этого текста в каталоге своего языка. Когда абзац меняют,
заново просмотреть нужно только его переводы.

[^1]: Примечание в PDF стоит внизу страницы, а на сайте — в конце текста.
""",
        "Работа над текстом",
    ),
}
"""Language → an author who says to be none, a piece, and its topic."""
