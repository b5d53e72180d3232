"""The straight line: the same bytes on any number of workers, all faults at once, old or new."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pytest
from PIL import ExifTags, Image
from selectolax.lexbor import LexborHTMLParser

from publish import check, output
from publish.build import Report, build
from publish.errors import LockedError, Problem, PublishError, Span
from publish.load import load
from publish.model import Pdf
from publish.pdf import Job
from publish.workers import InProcess

from .conftest import NOW

Result = TypeVar("Result")

LIGHTS = "sources/pieces/harbour-lights.md"
LIGHTS_TR = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
PORT_EN = "locales/en/LC_MESSAGES/pieces/liman-isiklari.po"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def tree(root: Path) -> dict[str, bytes]:
    """The files of `output/`."""
    folder = root / "output"
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def plain(job: Job) -> Pdf:
    """An engine that makes a PDF of one page out of what it is given."""
    return Pdf(f"%PDF of {job.edition}, {hash_of(job)}".encode(), 1)


def hash_of(job: Job) -> str:
    return hashlib.sha256(repr(job).encode()).hexdigest()


def dies(job: Job) -> Pdf:
    """An engine that takes its process with it."""
    os._exit(1)


def blames(code: str) -> Callable[[Job], Pdf]:
    """An engine that has something to say about each document."""

    def engine(job: Job) -> Pdf:
        problem = Problem(code, f"about {job.edition}", Span(job.source))
        return dataclasses.replace(plain(job), problems=(problem,))

    return engine


def never(job: Job) -> Pdf:
    """An engine that must not be called."""
    pytest.fail(f"{job.edition} was rendered")


def faults(root: Path, **options: Any) -> list[Problem]:
    """The problems that stop a build, which leaves `output/` as it was."""
    before = tree(root)
    with pytest.raises(PublishError) as caught:
        build(root, **({"engine": never} | options))
    assert tree(root) == before
    assert not list(root.glob(".output.stage-*"))
    return list(caught.value.problems)


def add_image(path: Path) -> None:
    Image.new("L", (2, 2), 128).save(path, "PNG")


# ── A build ──────────────────────────────────────────────────────────────────────────────────


def test_the_report_counts_what_was_published(site: Path) -> None:
    report = build(site, engine=plain)
    assert (report.pages, report.pdfs, report.lists) == (4, 4, 10)
    assert (report.held, report.problems) == ((), ())
    assert 0 < report.seconds < 60
    files = tree(site)
    assert sum(path.endswith("index.html") for path in files) == 4 + 9
    assert sum(path.endswith(".pdf") for path in files) == 4
    assert sum(path.startswith("assets/") for path in files) == 1


def test_the_report_names_what_was_held_and_why(site: Path) -> None:
    (site / PORT_EN).unlink()
    report = build(site, engine=plain)
    assert report.pages == report.pdfs == 3
    [held] = report.held
    assert (held.slug, held.locale.tag) == ("liman-isiklari", "en")
    assert held.reason


def test_a_plain_function_is_an_engine(site: Path) -> None:
    jobs: list[Job] = []

    def engine(job: Job) -> Pdf:
        jobs.append(job)
        return plain(job)

    edit(site / LIGHTS, "tags: [Sea]", "tags: [Sea]\nupdated: 2026-03-05")
    build(site, engine=engine)
    assert [(job.edition, job.source, job.epoch) for job in jobs] == [
        ("harbour-lights, en", LIGHTS, 1_772_668_800),
        ("harbour-lights, tr", LIGHTS, 1_772_668_800),
        ("liman-isiklari, en", "sources/pieces/liman-isiklari.md", 1_769_904_000),
        ("liman-isiklari, tr", "sources/pieces/liman-isiklari.md", 1_769_904_000),
    ]
    assert tree(site)["en/harbour-lights/harbour-lights.en.pdf"] == plain(jobs[0]).content


def test_two_builds_give_the_same_bytes(site: Path) -> None:
    build(site, engine=plain)
    first = tree(site)
    build(site, engine=plain)
    assert tree(site) == first


def test_a_build_needs_no_order_of_files_and_no_place(site: Path, tmp_path: Path) -> None:
    build(site, engine=plain)
    other = tmp_path / "elsewhere" / "below"
    for path in sorted(site.rglob("*"), reverse=True):
        if path.is_file() and "output" not in path.parts:
            target = other / path.relative_to(site)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            os.utime(target, (0, 0))
    build(other, engine=plain)
    assert tree(other) == tree(site)


def test_the_environment_does_not_matter(site: Path, tmp_path: Path) -> None:
    build(site, pdfs=False)
    here = tree(site)
    environment = os.environ | {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "LANGUAGE": "tr",
        "PYTHONHASHSEED": "4711",
        "COLUMNS": "20",
        "SOURCE_DATE_EPOCH": "1",
    }
    code = "import os, sys; os.umask(0o077); from publish.cli import main; main()"
    command = [sys.executable, "-c", code, "-C", str(site), "build", "--no-pdf"]
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=tmp_path)
    assert tree(site) == here


def test_one_worker_and_two_give_the_same_bytes_with_the_real_engine(site: Path) -> None:
    one = build(site, jobs=1)
    first = tree(site)
    two = build(site, jobs=2)
    assert tree(site) == first
    assert (one.pdfs, one.problems) == (two.pdfs, two.problems) == (4, ())
    assert sum(content.startswith(b"%PDF-1.7") for content in first.values()) == 4


def test_without_pdfs_nothing_speaks_of_them(site: Path) -> None:
    build(site, engine=plain)
    report = build(site, pdfs=False, engine=never)
    assert (report.pages, report.pdfs) == (4, 0)
    files = tree(site)
    assert [path for path in files if path.endswith(".pdf")] == []
    assert [path for path, data in files.items() if b"pdf" in data and "assets" not in path] == []


def test_a_site_without_a_piece_is_built(site: Path) -> None:
    shutil.rmtree(site / "sources/pieces")
    shutil.rmtree(site / "locales")
    report = build(site, jobs=2)
    assert (report.pages, report.pdfs, report.lists) == (0, 0, 4)


def test_what_is_gone_from_the_sources_is_gone_from_the_site(site: Path) -> None:
    build(site, engine=plain)
    (site / "sources/pieces/liman-isiklari.md").unlink()
    edit(site / LIGHTS, " More in [the other piece](liman-isiklari.md).", "")
    build(site, engine=plain)
    files = tree(site)
    assert [path for path in files if "liman-isiklari" in path] == []
    assert [path for path, data in files.items() if b"liman-isiklari" in data] == []


def test_a_translation_that_is_withdrawn_is_gone_everywhere(site: Path) -> None:
    build(site, engine=plain)
    assert "tr/harbour-lights/index.html" in tree(site)
    edit(site / LIGHTS_TR, 'msgstr "Liman Fenerleri"', 'msgstr ""')
    build(site, engine=plain)
    files = tree(site)
    assert [path for path, data in files.items() if b"harbour-lights.tr" in data] == []
    assert [path for path in files if path.startswith("tr/harbour-lights")] == []


def test_the_images_of_pieces_and_authors_are_published_and_no_other(site: Path) -> None:
    add_image(site / "sources/pieces/büyük lamba.png")
    add_image(site / "sources/authors/ada.png")
    add_image(site / "sources/pieces/unused.png")
    edit(site / LIGHTS, "## Two", "![A lamp](büyük%20lamba.png)\n\n## Two")
    with (site / "sources/authors/ada-deniz.md").open("a", encoding="utf-8") as file:
        file.write("\n![Ada](ada.png)\n")
    given: list[tuple[str, ...]] = []

    def engine(job: Job) -> Pdf:
        given.append(tuple(job.images))
        return plain(job)

    build(site, engine=engine)
    assert given[0] == ("sources/pieces/büyük lamba.png", "sources/authors/ada.png")
    assert given[2] == ("sources/authors/ada.png",)
    files = tree(site)
    images = {path for path in files if path.endswith(".png")}
    assert {path.rsplit(".", 2)[0] for path in images} == {"assets/büyük lamba", "assets/ada"}
    shown = set()
    for path in ("en/harbour-lights", "tr/harbour-lights", "en/liman-isiklari"):
        page = LexborHTMLParser(files[f"{path}/index.html"].decode())
        shown |= {str(node.attributes["src"]) for node in page.css("img")}
    profile = LexborHTMLParser(files["tr/authors/ada-deniz/index.html"].decode())
    assert shown == {f"../../{quote(path)}" for path in images}
    assert {str(node.attributes["src"]) for node in profile.css("img")} == {
        f"../../../{path}" for path in images if "ada" in path
    }


def test_the_same_image_beside_a_piece_and_beside_an_author_is_one_file(site: Path) -> None:
    for folder in ("pieces", "authors"):
        add_image(site / f"sources/{folder}/ada.png")
    edit(site / LIGHTS, "## Two", "![Ada](ada.png)\n\n## Two")
    with (site / "sources/authors/ada-deniz.md").open("a", encoding="utf-8") as file:
        file.write("\n![Ada](ada.png)\n")
    build(site, engine=plain)
    assert len([path for path in tree(site) if path.startswith("assets/ada.")]) == 1


def test_paper_and_screen_get_what_is_made_for_them_and_nothing_of_its_place(site: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    path = site / "sources/pieces/tall.jpg"
    Image.effect_noise((1600, 3200), 50).save(path, "JPEG", exif=exif)
    edit(site / LIGHTS, "## Two", "![A lamp](tall.jpg)\n\n## Two")
    given: list[bytes] = []

    def engine(job: Job) -> Pdf:
        given.extend(job.images.values())
        return plain(job)

    build(site, engine=engine)
    assert len(set(given)) == 1
    published = [data for name, data in tree(site).items() if name.endswith(".jpg")]
    heights = []
    for data in (given[0], *published):
        with Image.open(io.BytesIO(data)) as image:
            heights.append(image.height)
            assert not image.getexif()
    assert (heights[0], sorted(heights[1:])) == (1772, [960, 1920, 2880])


def test_a_damaged_image_stops_the_build_before_a_pdf_is_made(site: Path) -> None:
    Image.effect_noise((50, 50), 80).save(site / "sources/pieces/lamp.png")
    os.truncate(site / "sources/pieces/lamp.png", 1_000)
    edit(site / LIGHTS, "## Two", "![A lamp](lamp.png)\n\n## Two")
    [fault] = faults(site)
    assert (fault.code, fault.span.path) == ("S32", LIGHTS)


def test_the_real_engine_takes_the_images_of_a_biography(site: Path) -> None:
    add_image(site / "sources/authors/ada.png")
    with (site / "sources/authors/ada-deniz.md").open("a", encoding="utf-8") as file:
        file.write("\n![Ada](ada.png)\n")
    assert build(site).problems == ()


def test_of_an_author_without_a_published_piece_nothing_is_published(site: Path) -> None:
    before = build(site, engine=plain), tree(site)
    edit(site / LIGHTS, "[the other", "[Bo](../authors/bo.md), [the other")
    add_image(site / "sources/authors/bo.png")
    text = "---\nname: Bo\nlanguage: en\n---\n\n![Bo](bo.png)\n"
    (site / "sources/authors/bo.md").write_text(text, encoding="utf-8")
    report = build(site, engine=plain)
    files = tree(site)
    assert (report.lists, files.keys()) == (before[0].lists, before[1].keys())
    assert b"Bo, " in files["en/harbour-lights/index.html"]
    assert not [path for path, content in files.items() if b"authors/bo" in content]
    faults = [one for one in check.check(load(site), now=NOW) if one.code == "S35"]
    assert [(one.span.path, "nothing by them" in one.message) for one in faults] == [(LIGHTS, True)]


# ── Problems ─────────────────────────────────────────────────────────────────────────────────


def test_the_faults_of_all_files_are_told_at_once_and_the_old_site_stands(site: Path) -> None:
    build(site, engine=plain)
    edit(site / LIGHTS, "summary:", "sumary:")
    (site / "sources/pieces/bad.md").write_bytes(b"---\ntitle: \xff\n---\n")
    os.mkfifo(site / "sources/pieces/pipe.md")
    edit(site / "sources/authors/ada-deniz.md", "language: tr", "language: xx")
    catalogue = site / PORT_EN
    catalogue.write_bytes(catalogue.read_bytes()[:-20])
    (site / "templates").mkdir()
    (site / "templates/front.html").write_text("{% if %}", encoding="utf-8")
    found = {(problem.code, problem.span.path) for problem in faults(site)}
    assert found >= {
        ("S1", LIGHTS),
        ("F2", "sources/pieces/bad.md"),
        ("F1", "sources/pieces/pipe.md"),
        ("S1", "sources/authors/ada-deniz.md"),
        ("T1", "templates/front.html"),
    }
    assert ("P1", PORT_EN) in found or ("P2", PORT_EN) in found


def test_a_broken_configuration_leaves_the_old_site(site: Path) -> None:
    build(site, engine=plain)
    edit(site / "pyproject.toml", "languages", "langages")
    assert "did you mean languages?" in {problem.hint for problem in faults(site)}


def test_a_template_that_fails_while_rendering_leaves_the_old_site(site: Path) -> None:
    build(site, engine=plain)
    (site / "templates").mkdir()
    (site / "templates/author.html").write_text("\n{{ profile.nothing }}", encoding="utf-8")
    [problem] = faults(site, engine=plain)
    assert (problem.code, problem.span) == ("T1", Span("templates/author.html", 2))


def test_a_complaint_of_the_engine_stops_the_build_for_every_edition_at_once(site: Path) -> None:
    build(site, engine=plain)
    found = faults(site, engine=blames("B1"))
    assert [problem.message for problem in found] == [
        "about harbour-lights, en",
        "about harbour-lights, tr",
        "about liman-isiklari, en",
        "about liman-isiklari, tr",
    ]


def test_a_refusal_of_the_engine_is_told_for_every_edition_at_once(site: Path) -> None:
    def refuses(job: Job) -> Pdf:
        raise PublishError(blames("B1")(job).problems)

    build(site, engine=plain)
    assert len(faults(site, engine=refuses)) == 4


def test_a_warning_of_the_engine_is_told_and_stops_nothing(site: Path) -> None:
    report = build(site, engine=blames("B3"))
    assert [problem.code for problem in report.problems] == ["B3"] * 4
    assert report.pdfs == 4


def test_a_sites_own_style_sheet_cannot_reach_for_files(site: Path) -> None:
    build(site, engine=plain)
    (site / "templates").mkdir()
    text = "html { background: url(file:///etc/passwd) }"
    (site / "templates/print.css").write_text(text, encoding="utf-8")
    before = tree(site)
    with pytest.raises(PublishError) as caught:
        build(site)
    assert tree(site) == before
    assert {problem.code for problem in caught.value.problems} == {"B1"}
    assert all("file:///etc/passwd" in problem.message for problem in caught.value.problems)
    assert len(caught.value.problems) == 4


def test_a_breach_in_a_translation_does_not_stop_the_build(site: Path) -> None:
    edit(site / LIGHTS_TR, "hizmet eder.[^1]", "hizmet eder.")
    report = build(site, engine=plain)
    assert [(problem.code, problem.span.path) for problem in report.problems] == [("E2", LIGHTS_TR)]
    page = LexborHTMLParser(tree(site)["tr/harbour-lights/index.html"].decode())
    [passage] = [node for node in page.css("main p[lang=en]") if "A lighthouse" in node.text()]
    assert passage.attributes["dir"] == "ltr"
    assert "hizmet eder" not in page.text()


def test_a_bug_in_the_engine_keeps_its_traceback_and_the_old_site(site: Path) -> None:
    def breaks(job: Job) -> Pdf:
        raise ZeroDivisionError

    build(site, engine=plain)
    before = tree(site)
    with pytest.raises(ZeroDivisionError):
        build(site, engine=breaks)
    assert tree(site) == before


# ── Workers ──────────────────────────────────────────────────────────────────────────────────


def test_a_worker_that_dies_is_told_with_its_edition_and_the_old_site_stands(site: Path) -> None:
    build(site, engine=plain)
    found = faults(site, engine=dies, jobs=2)
    assert {problem.code for problem in found} == {"B2"}
    assert "harbour-lights, en" in found[0].message
    assert found[0].span.path == LIGHTS
    assert found[0].hint


class Fragile(Executor):
    """Breaks at the second job, as a pool does whose worker died while jobs were handed in."""

    def __init__(self) -> None:
        self.inner, self.handed = InProcess(), 0

    def submit(
        self, fn: Callable[..., Result], /, *args: object, **kwargs: object
    ) -> Future[Result]:
        self.handed += 1
        if self.handed > 1:
            raise BrokenExecutor
        return self.inner.submit(fn, *args, **kwargs)


def test_a_worker_that_dies_while_jobs_are_handed_in_is_told_too(site: Path) -> None:
    build(site, engine=plain)
    found = faults(site, engine=plain, workers=Fragile(), clean=True)
    assert [problem.code for problem in found] == ["B2"] * 3
    assert not any("harbour-lights, en" in problem.message for problem in found)


def test_any_executor_serves(site: Path) -> None:
    build(site, engine=plain)
    expected = tree(site)
    handed: list[str] = []

    class Own(InProcess):
        def submit(
            self, fn: Callable[..., Result], /, *args: object, **kwargs: object
        ) -> Future[Result]:
            handed.append(str(args[0]))
            return super().submit(fn, *args, **kwargs)

    report = build(site, engine=plain, workers=Own(), jobs=9, clean=True)
    assert len(handed) == report.pdfs == 4
    assert tree(site) == expected


# ── Publishing ───────────────────────────────────────────────────────────────────────────────


def test_a_second_build_is_told_and_renders_nothing(site: Path) -> None:
    with output.locked(site), pytest.raises(LockedError):
        build(site, engine=never)
    assert isinstance(build(site, engine=plain), Report)


def test_a_folder_that_cannot_be_replaced_is_told_before_anything_is_rendered(site: Path) -> None:
    (site / "output").mkdir()
    (site / "output/thesis.tex").write_text("precious", encoding="utf-8")
    [problem] = faults(site)
    assert problem.code == "O1"


def test_what_a_killed_build_left_is_swept(site: Path) -> None:
    (site / ".output.stage-dead").mkdir()
    (site / ".output.stage-dead/index.html").touch()
    build(site, engine=plain)
    assert list(site.glob(".output.stage-*")) == []


def test_the_manifest_names_every_file(site: Path) -> None:
    build(site, engine=plain)
    files = tree(site)
    rows = json.loads(files.pop("manifest.json"))["files"]
    assert {row["path"]: row["sha256"] for row in rows} == {
        path: hashlib.sha256(content).hexdigest() for path, content in files.items()
    }


def test_a_missing_library_is_told_where_pdfs_are_made(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Problem("B4", "slow", Span("pyproject.toml"))
    monkeypatch.setattr("publish.pdf.missing_library", lambda: iter([slow]))
    assert build(site, engine=plain).problems == (slow,)
    assert build(site, pdfs=False).problems == ()


# ── What is published when ───────────────────────────────────────────────────────────────────

RELEASED = datetime.datetime(2026, 12, 1, 6, tzinfo=datetime.UTC)
PORT = "sources/pieces/liman-isiklari.md"


def embargo(root: Path) -> None:
    edit(root / PORT, "date: 2026-02-01", "date: 2026-12-01\nrelease: 2026-12-01T09:00+03:00")


def test_a_piece_comes_with_the_first_build_at_its_moment(site: Path) -> None:
    embargo(site)
    report = build(site, engine=plain, now=RELEASED - datetime.timedelta(seconds=1))
    assert (report.pages, report.pdfs, len(report.held)) == (2, 2, 2)
    assert report.held[0].reason == "it is released on 1 December 2026, 09:00 (+03:00)"
    for path, content in tree(site).items():
        assert "liman-isiklari" not in path
        assert b"liman-isiklari" not in content, path
        assert "Liman Işıkları".encode() not in content, path
    report = build(site, engine=plain, now=RELEASED)
    assert (report.pages, report.held) == (4, ())
    files = tree(site)
    assert b"liman-isiklari" in files["sitemap.xml"]
    build(site, engine=plain, now=RELEASED + datetime.timedelta(days=400))
    assert tree(site) == files


def test_the_clock_says_when_where_nobody_does(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embargo(site)
    read: list[datetime.datetime] = []

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Clock:
            read.append(RELEASED)
            return cls.fromtimestamp(RELEASED.timestamp(), tz)

    clock = types.SimpleNamespace(datetime=Clock, UTC=datetime.UTC)
    monkeypatch.setattr("publish.build.datetime", clock)
    assert build(site, engine=plain).pages == 4
    assert len(read) == 1
    build(site, engine=plain, now=RELEASED)
    assert len(read) == 1


def test_a_preview_has_what_is_not_published_and_cannot_be_taken_for_the_site(site: Path) -> None:
    embargo(site)
    edit(site / LIGHTS, "tags: [Sea]", "tags: [Sea]\ndraft: true")
    jobs: list[Job] = []

    def engine(job: Job) -> Pdf:
        jobs.append(job)
        return plain(job)

    now = RELEASED - datetime.timedelta(days=1)
    report = build(site, engine=engine, now=now, drafts=True)
    assert (report.pages, report.pdfs, report.held) == (4, 4, ())
    files = tree(site)
    assert files["robots.txt"] == b"User-agent: *\nDisallow: /\n"
    assert not [path for path in files if path.endswith(".xml")]
    words = {
        "en/harbour-lights/": "Draft: not published yet",
        "tr/harbour-lights/": "Taslak: henüz yayımlanmadı",
        "en/liman-isiklari/": "Not published yet",
        "tr/liman-isiklari/": "Henüz yayımlanmadı",
    }
    for path in (path for path in files if path.endswith(".html")):
        page = LexborHTMLParser(files[path].decode())
        [robots] = page.css('head meta[name="robots"]')
        assert robots.attributes["content"] == "noindex"
        assert not page.css('link[type="application/atom+xml"], a[type="application/atom+xml"]')
        said = [node.text() for node in page.css("main .unpublished")]
        assert said == [words[place] for place in words if path == f"{place}index.html"]
    for job in jobs:
        slug, tag = job.edition.split(", ")
        assert f'unpublished">{words[f"{tag}/{slug}/"]}</p>' in job.html


def test_the_next_build_takes_all_of_a_preview_out(site: Path) -> None:
    embargo(site)
    now = RELEASED - datetime.timedelta(days=1)
    build(site, engine=plain, now=now)
    before = tree(site)
    build(site, engine=plain, now=now, drafts=True)
    assert tree(site) != before
    build(site, engine=plain, now=now)
    assert tree(site) == before
    assert [path for path, content in before.items() if b"noindex" in content] == ["404.html"]
    assert b"Allow: /" in before["robots.txt"]


def test_a_preview_of_a_site_in_which_all_is_published_is_marked_too(site: Path) -> None:
    build(site, engine=plain, drafts=True)
    assert b'content="noindex"' in tree(site)["index.html"]


def test_a_pdf_knows_the_day_on_which_its_translation_changed(site: Path) -> None:
    edit(site / LIGHTS_TR, "Last-Translator: ", "Last-Translator: Can")
    edit(site / LIGHTS_TR, "PO-Revision-Date: 2026-03-04", "PO-Revision-Date: 2026-06-05")
    epochs: dict[str, int] = {}

    def engine(job: Job) -> Pdf:
        epochs[job.edition] = job.epoch
        if "harbour-lights, tr" in job.edition:
            assert '<meta name="dcterms.modified" content="2026-06-05">' in job.html
        return plain(job)

    build(site, engine=engine)
    assert epochs["harbour-lights, tr"] == 1_780_617_600
    assert epochs["harbour-lights, en"] == 1_772_582_400
