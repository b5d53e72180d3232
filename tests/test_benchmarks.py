"""What benchmarks stand on: the generated corpus, its writers, what Typst is given, least times."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks import measure, peers, site, vocabulary
from benchmarks.corpus import LANGUAGES, Corpus, Piece, markdown, piece, publish_site
from benchmarks.pdfs import Cost, Typesetter, escaped, least
from publish import check, update
from publish.build import build
from publish.load import load

PIECES = 3


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_corpus_is_written_again(tmp_path: Path) -> None:
    for name in ("one", "other"):
        publish_site(Corpus(PIECES), tmp_path / name)
    assert files(tmp_path / "one") == files(tmp_path / "other")


def test_a_piece_is_the_same_in_a_larger_corpus_but_for_its_links() -> None:
    def unlinked(found: Piece) -> list[str]:
        return [re.sub(r"\([a-z0-9-]+\.md\)", "", markdown(found.blocks, one)) for one in LANGUAGES]

    assert unlinked(piece(2, PIECES)) == unlinked(piece(2, 1000))
    assert piece(2, PIECES).title == piece(2, 1000).title


def test_everything_is_published_and_nothing_is_wrong(tmp_path: Path) -> None:
    publish_site(Corpus(PIECES), tmp_path)
    loaded = load(tmp_path)
    assert check.check(loaded) == ()
    assert not [change.path for change in update.update(tmp_path, loaded) if change.written]
    report = build(tmp_path, pdfs=False)
    assert (report.pages, report.held, report.problems) == (PIECES * len(LANGUAGES), (), ())


def test_languages_can_be_fewer(tmp_path: Path) -> None:
    publish_site(Corpus(4, ("en", "ru")), tmp_path)
    assert check.check(load(tmp_path)) == ()
    assert sorted(path.name for path in (tmp_path / "locales").iterdir()) == ["ru"]


@pytest.mark.parametrize("number", range(4))
def test_a_piece_has_what_texts_have(number: int) -> None:
    found = piece(number, 10)
    for language in LANGUAGES:
        text = markdown(found.blocks, language)
        assert 350 < len(text.split()) < 800
        assert len(re.findall(r"^## ", text, re.MULTILINE)) == 3
        assert len(re.findall(r"^- ", text, re.MULTILINE)) == 3
        assert re.search(r"^> ", text, re.MULTILINE)
        assert re.search(r"\]\([a-z0-9-]+\.md\)", text)
        assert "](https://" in text
        for note in ("[^1]", "[^2]"):
            assert text.count(note) == 2
        assert not re.search(r"[{}]", text)


def words_of(texts: Mapping[str, str]) -> Mapping[str, set[str]]:
    """The names of forms in a pattern, which each language has to have."""
    return {one: set(re.findall(r"{(\w+)}", text)) for one, text in texts.items()}


def test_patterns_name_forms_that_there_are() -> None:
    known: set[str] = {"year", "number", *vocabulary.OTHERS[0]}
    for several in (
        vocabulary.THINGS,
        vocabulary.PLACES,
        vocabulary.ACTORS,
        vocabulary.WHENS,
        vocabulary.VERBS,
    ):
        known |= set(several[0].forms)
    for patterns in (vocabulary.SENTENCES, vocabulary.LINKS, vocabulary.NOTES, vocabulary.QUOTES):
        for pattern in patterns:
            for language, names in words_of(pattern).items():
                assert names <= known, (language, pattern)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [("ilk", "tr", "İlk"), ("ılık", "tr", "Ilık"), ("in", "en", "In"), ("ёлка", "ru", "Ёлка")],
)
def test_first_letters(text: str, language: str, expected: str) -> None:
    assert vocabulary.capital(text, language) == expected
    assert vocabulary.small(expected, language) == text


def test_hugo_gets_finished_texts_in_every_language(tmp_path: Path) -> None:
    peers.hugo_site(Corpus(PIECES), tmp_path)
    settings = tomllib.loads((tmp_path / "hugo.toml").read_text(encoding="utf-8"))
    assert settings["outputs"]["page"] == ["html", "bib", "ris"]
    found = piece(1, PIECES)
    for language in LANGUAGES:
        text = (tmp_path / f"content/{language}/{found.slug}.md").read_text(encoding="utf-8")
        assert text.endswith(markdown(found.blocks, language))
        assert json.dumps(found.title[language], ensure_ascii=False) in text
        phrases = tomllib.loads((tmp_path / f"i18n/{language}.toml").read_text(encoding="utf-8"))
        assert phrases["topics"] == vocabulary.PHRASES["topics"][language]
    assert not (tmp_path / "citations.toml").exists()


def test_hugo_can_do_without_citation_files(tmp_path: Path) -> None:
    peers.hugo_site(Corpus(1), tmp_path, citations=False)
    settings = tomllib.loads((tmp_path / "hugo.toml").read_text(encoding="utf-8"))
    assert settings["outputs"]["page"] == ["html"]


def test_pelican_gets_finished_texts_in_every_language(tmp_path: Path) -> None:
    peers.pelican_site(Corpus(PIECES), tmp_path)
    found = piece(1, PIECES)
    for language in LANGUAGES:
        text = (tmp_path / f"content/{language}/{found.slug}.md").read_text(encoding="utf-8")
        assert text.startswith(f"title: {found.title[language]}\n")
        assert "({filename}" in text
        assert (tmp_path / f"settings_{language}.py").is_file()


def test_mkdocs_and_sphinx_are_told_what_stands_in_lists(tmp_path: Path) -> None:
    corpus = Corpus(21)
    peers.mkdocs_site(corpus, tmp_path / "mkdocs")
    peers.sphinx_site(corpus, tmp_path / "sphinx")
    for tool in ("mkdocs", "sphinx"):
        data = json.loads((tmp_path / tool / "data_tr.json").read_text(encoding="utf-8"))
        assert len(data["lists"][""]["entries"]) == peers.PAGE
        assert len(data["lists"]["page/2/"]["entries"]) == 21 - peers.PAGE
        assert data["lists"][""]["next"] == "page/2/"
        assert all(len(one["related"]) == peers.RELATED for one in data["pieces"].values())
    slug = piece(1, 21).slug
    assert (tmp_path / f"mkdocs/content/ru/{slug}.md").is_file()
    assert (tmp_path / f"sphinx/source/{slug}.md").is_file()
    text = (tmp_path / f"sphinx/locale/ru/LC_MESSAGES/{slug}.po").read_text(encoding="utf-8")
    assert piece(1, 21).title["ru"] in text.replace('"\n"', "")


def test_one_edit_changes_one_translation(tmp_path: Path) -> None:
    for tool in site.tools():
        folder = tmp_path / tool.name
        tool.write(Corpus(2), folder)
        before = files(folder)
        site.edit(folder / tool.edited, 1)
        once = files(folder)
        site.edit(folder / tool.edited, 2)
        twice = files(folder)
        assert [name for name in before if before[name] != once[name]] == [tool.edited]
        added = site.ADDED[2].encode()
        assert twice[tool.edited].count(added) == 1
        assert twice[tool.edited].replace(added, b"") == before[tool.edited]
    ours = tmp_path / "publish"
    assert check.check(load(ours)) == ()


def test_a_command_is_measured_with_what_it_leaves_running(tmp_path: Path) -> None:
    work = "x = 0\nfor n in range(3_000_000): x += n"
    behind = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}])"
    python = sys.executable
    alone = measure.run([measure.Command((python, "-c", "pass"))], tmp_path)
    both = measure.run([measure.Command((python, "-c", behind))], tmp_path)
    assert both.cpu > alone.cpu
    with pytest.raises(RuntimeError, match="NameError"):
        measure.run([measure.Command((python, "-c", "nothing"))], tmp_path)


def test_figures_say_whether_they_are_met() -> None:
    few = measure.Figure("a", "at most 2", 1.5, " ×", highest=2)
    many = measure.Figure("b", "at most 2", 2.5, " ×", highest=2)
    none = measure.Figure("c", "at most 2", None, " ×", highest=2)
    lines = measure.verdicts((few, many, none)).splitlines()[2:]
    assert [line.split("|")[4].strip() for line in lines] == ["yes", "no", ""]


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("<p>One <em>two</em> three.</p>", "\n\nOne #emph[two] three.\n\n"),
        ("<h2>A <span>b</span></h2>", "\n\n== A b\n\n"),
        ("<ul><li>a</ul><p>b</p>", "\n- a\n\n\nb\n\n"),
        ("<blockquote><p>a</p></blockquote>", "\n#quote(block: true)[\n\na\n\n]\n"),
        ('a<span class="footnote">n <b>o</b></span>', "a#footnote[n #strong[o]]"),
        ('<a href="https://a.example/?b=c">d</a>', '#link("https://a.example/?b=c")[d]'),
        ('<a href="#b">d</a>', "d"),
        ('<span lang="fa" dir="rtl">دفتر</span>', '#text(lang: "fa")[دفتر]'),
        ("a<br>b", "a \\ b"),
        ("<style>h1 { color: red }</style>a<img src=x>b", "ab"),
    ],
)
def test_a_print_page_becomes_a_typst_document(page: str, wanted: str) -> None:
    head = '<html lang="tr-TR"><head><title>A "b" #c</title></head>'
    made = Typesetter.document(f"{head}<body>{page}</body></html>")
    assert made.endswith(f"8.6pt)\n{wanted}")
    assert """title: "A 'b' #c")""" in made
    assert 'lang: "tr"' in made


def test_words_mean_nothing_to_typst_but_themselves() -> None:
    assert escaped("#a *b*\n  @c - 1") == r"\#a \*b\* \@c \- 1"


def test_the_cheapest_of_each_edition_counts() -> None:
    found = least([[Cost(3, 4), Cost(1, 2)], [Cost(5, 5), Cost(7, 1)]])
    assert found == Cost(3, 3.5)
