"""What a PDF edition costs: this project beside WeasyPrint itself, its command, and other printers.

    python -m benchmarks.pdfs [SITE]

The editions of SITE (this repository's sample site, where none is named) are made over and over,
the contestants taking turns at each edition, so that a machine that slows down slows all of them.
For each edition the least CPU time of all rounds counts (user and system, children included), and
its wall time; the table has the mean over the editions.

- “publish” is `publish.pdf.render` in one warm process: everything that a build does to get from a
  print page to a finished PDF, layouts made again and checks included.
- “WeasyPrint” is one warm process too: the same HTML, fonts and style sheet, both read once, then
  `HTML(string=…).render(…).write_pdf(…)` with the same variant. It lays out once whatever comes of
  it (a note may slip or get lost), closes no door to files and network, and checks nothing.
- “weasyprint” is the command, a process a file: each starts Python and reads fonts and style sheet.
- “Chromium” prints the same HTML with the same style sheet, a process a file. It knows no notes,
  running heads or named strings, so its pages are others; what its processes do after they were
  left to themselves is not counted.
- “Typst” sets the same words with the same fonts and page, a process a file. The document is made
  from the HTML's paragraphs, headings, lists and notes; first page and rail are not drawn.

Then the memory of a worker: its resident set while it makes the same editions over and over.
"""

from __future__ import annotations

import dataclasses
import html.parser
import importlib.util
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import fontpkg_amiri
import fontpkg_source_code_pro
import fontpkg_source_serif_4

from publish import pdf
from publish.build import build
from publish.model import Pdf
from publish.pdf import Job

FONTS = {
    "Source Serif 4": fontpkg_source_serif_4,
    "Amiri": fontpkg_amiri,
    "Source Code Pro": fontpkg_source_code_pro,
}
ROUNDS = 6
"""How often the warm contestants make each edition; the first time warms them up."""

SLOW_ROUNDS = 2
"""How often the others do."""

MEMORY = (20, 100, 200, 300)
"""After how many editions a worker's memory is read."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one edition took."""

    cpu: float
    """Seconds of CPU, children included."""

    wall: float
    """Seconds."""

    layouts: int = 0
    """How often it was laid out, where that is known."""


def jobs(site: Path, folder: Path) -> list[Job]:
    """The PDF jobs of a copy of `site`, which is put into `folder`."""
    root = folder / "site"
    root.mkdir()
    shutil.copy(site / "pyproject.toml", root)
    for name in ("sources", "locales", "templates"):
        if (site / name).is_dir():
            shutil.copytree(site / name, root / name)
    found: list[Job] = []

    def engine(job: Job) -> Pdf:
        found.append(job)
        return Pdf(b"", 1, ())

    build(root, engine=engine)
    return found


def faces() -> Iterator[tuple[str, Path]]:
    """The `@font-face` rule of each packaged font file."""
    for family, module in FONTS.items():
        for path in sorted((Path(module.ROOT) / "files").glob("*.ttf")):
            style = "italic" if "Italic" in path.name else "normal"
            weight = (
                "" if "[" in path.name else f"font-weight:{'bold' if 'Bold' in path.name else 400};"
            )
            source = f"src:url('{path.as_uri()}')"
            yield f"@font-face{{font-family:'{family}';font-style:{style};{weight}{source}}}", path


# ── Warm workers ─────────────────────────────────────────────────────────────────────────────


def spent() -> float:
    """Seconds of CPU that this process and the children it has waited for have used."""
    kinds = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, kinds))


def timed(work: Callable[[], object]) -> Cost:
    """What one piece of work takes."""
    cpu, wall = spent(), time.perf_counter()
    work()
    return Cost(spent() - cpu, time.perf_counter() - wall)


def plain(folder: Path) -> Callable[[Job], bytes]:
    """WeasyPrint itself, with fonts and style sheet read once."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    rules = weasyprint.CSS(string="\n".join(rule for rule, _ in faces()), font_config=fonts)
    sheets: dict[str, object] = {}

    def make(job: Job) -> bytes:
        if job.stylesheet not in sheets:
            sheets[job.stylesheet] = weasyprint.CSS(string=job.stylesheet, font_config=fonts)
        styles = [rules, sheets[job.stylesheet]]
        page = weasyprint.HTML(string=job.html, base_url=folder.as_uri() + "/")
        document = page.render(stylesheets=styles, font_config=fonts, pdf_variant=pdf.VARIANT)
        content: bytes = document.write_pdf(pdf_variant=pdf.VARIANT)
        return content

    return make


def counting() -> Callable[[], int]:
    """Count layouts from now on; each call of what this returns says how many there were."""
    import weasyprint

    render, count = weasyprint.HTML.render, 0

    def counted(*args: object, **kwargs: object) -> object:
        nonlocal count
        count += 1
        return render(*args, **kwargs)

    weasyprint.HTML.render = counted
    return lambda: count


def serve(kind: str, site: Path) -> None:
    """A warm worker: reads an edition's number from each line, makes it, and answers the cost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = jobs(site, folder)
        layouts = counting()
        make = pdf.render if kind == "ours" else plain(folder / "site")
        for line in sys.stdin:
            job = wanted[int(line)]
            before = layouts()
            cost = timed(lambda job=job: make(job))  # type: ignore[misc]
            cost = dataclasses.replace(cost, layouts=layouts() - before)
            print(json.dumps(dataclasses.asdict(cost)), flush=True)


def memory(site: Path) -> None:
    """A worker that makes editions over and over and says how much memory it holds."""
    with tempfile.TemporaryDirectory() as name:
        wanted = jobs(site, Path(name))
        for number in range(max(MEMORY)):
            pdf.render(wanted[number % len(wanted)])
            if number + 1 in MEMORY:
                print(f"{number + 1} {resident()}", flush=True)


def resident() -> int:
    """This process's resident set in bytes, now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


class Worker:
    """A warm worker in a process of its own."""

    def __init__(self, kind: str, site: Path) -> None:
        command = [sys.executable, "-m", __spec__.name, "--worker", kind, str(site)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)

    def make(self, number: int) -> Cost:
        """Have it make an edition."""
        assert self._process.stdin
        assert self._process.stdout
        print(number, file=self._process.stdin, flush=True)
        return Cost(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        self._process.communicate()


# ── A process a file ─────────────────────────────────────────────────────────────────────────


def run(command: list[str], out: Path) -> Cost:
    """What a command takes, which has to leave a PDF."""
    out.unlink(missing_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    cost = timed(lambda: subprocess.run(command, check=True, timeout=120, **quiet))  # type: ignore[call-overload]
    assert out.read_bytes().startswith(b"%PDF"), command
    return cost


def weasyprint_command(folder: Path, number: int) -> Cost:
    """The `weasyprint` command on an edition."""
    out = folder / "out.pdf"
    styles = ["-s", str(folder / "fonts.css"), "-s", str(folder / "print.css")]
    variant = ["--pdf-variant", pdf.VARIANT]
    source = str(folder / "site" / f"{number}.html")
    return run([sys.executable, "-m", "weasyprint", *styles, *variant, source, str(out)], out)


def chromium(folder: Path, number: int) -> Cost:
    """Chromium without a window on an edition."""
    out = folder / "out.pdf"
    program = shutil.which("chromium") or "chromium"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    source = (folder / "site" / f"{number}.linked.html").as_uri()
    return run([program, *flags, "--no-pdf-header-footer", f"--print-to-pdf={out}", source], out)


TYPST = """
import sys, typst
source, out, *fonts = sys.argv[1:]
typst.compile(source, output=out, font_paths=fonts, ignore_system_fonts=True, pdf_standards="ua-1")
"""


def typst(folder: Path, number: int) -> Cost:
    """Typst on the words of an edition: its command, or else its Python package."""
    out, source = folder / "out.pdf", str(folder / "site" / f"{number}.typ")
    fonts = [str(Path(module.ROOT) / "files") for module in FONTS.values()]
    if program := shutil.which("typst"):
        paths = [word for path in fonts for word in ("--font-path", path)]
        flags = ["--ignore-system-fonts", "--pdf-standard", "ua-1"]
        return run([program, "compile", *flags, *paths, source, str(out)], out)
    return run([typst_python(), "-c", TYPST, source, str(out), *fonts], out)


def typst_python() -> str:
    """The Python that has Typst: this one, or that of `.ci/bench`; empty where neither has."""
    if importlib.util.find_spec("typst"):
        return sys.executable
    python = Path(__file__).parent.parent / ".venv-bench/bin/python"
    return str(python) if python.exists() else ""


class Typesetter(html.parser.HTMLParser):
    """A print page's words as a Typst document."""

    HEAD = """\
#set document(title: "{title}")
#set page(paper: "a4", margin: (top: 28mm, right: 24mm, bottom: 30mm, left: 70mm),
  header: text(8.6pt, style: "italic")[{running}],
  footer: context align(end, counter(page).display()))
#set text(font: ("Source Serif 4", "Amiri"), size: 10.6pt, lang: "{lang}", number-type: "old-style")
#set par(justify: true, leading: .55em, spacing: .55em, first-line-indent: 15.2pt)
#show footnote.entry: set text(8.6pt)
"""
    EMPTY = frozenset({"meta", "link", "img", "hr", "wbr"})
    OPENING: ClassVar = {
        "p": ("\n\n", "\n\n"),
        "h1": ("\n\n= ", "\n\n"),
        "h2": ("\n\n== ", "\n\n"),
        "h3": ("\n\n=== ", "\n\n"),
        "li": ("\n- ", "\n"),
        "blockquote": ("\n#quote(block: true)[", "]\n"),
        "em": ("#emph[", "]"),
        "i": ("#emph[", "]"),
        "cite": ("#emph[", "]"),
        "strong": ("#strong[", "]"),
        "b": ("#strong[", "]"),
    }

    def __init__(self) -> None:
        super().__init__()
        self._out: list[str] = []
        self._closing: list[tuple[str, str]] = []
        self._lang = ""
        self._title = ""
        self._silent = 0

    @classmethod
    def document(cls, page: str) -> str:
        """The document of a print page."""
        self = cls()
        self.feed(page)
        self.close()
        title = self._title.replace("\\", "").replace('"', "'")
        head = self.HEAD.format(title=title, running=escaped(self._title), lang=self._lang)
        return head + "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what an element is in Typst."""
        if tag == "br":
            self._out.append(" \\ ")
        if tag in self.EMPTY or tag == "br":
            return
        found = dict(attrs)
        opening, closing = self.OPENING.get(tag, ("", ""))
        if tag == "html":
            self._lang = (found.get("lang") or "").partition("-")[0]
        elif tag == "a" and (found.get("href") or "#").startswith("http"):
            opening, closing = f"#link({json.dumps(found['href'])})[", "]"
        elif "footnote" in (found.get("class") or "").split():
            opening, closing = "#footnote[", "]"
        elif tag == "span" and found.get("lang"):
            code = str(found["lang"]).partition("-")[0]
            opening, closing = f'#text(lang: "{code}")[', "]"
        self._silent += tag in ("title", "style")
        self._out.append(opening)
        self._closing.append((tag, closing))

    def handle_endtag(self, tag: str) -> None:
        """Close it, and what was left open in it."""
        if all(tag != name for name, _ in self._closing):
            return
        while True:
            name, closing = self._closing.pop()
            self._out.append(closing)
            self._silent -= name in ("title", "style")
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        """The words."""
        if self._closing and self._closing[-1][0] == "title":
            self._title += data
        if not self._silent:
            self._out.append(escaped(data))


def escaped(text: str) -> str:
    """Words that mean nothing to Typst but themselves."""
    return re.sub(r"""([\\#$*_`<>@\[\]~=\-+/"'])""", r"\\\1", re.sub(r"\s+", " ", text))


# ── The table ────────────────────────────────────────────────────────────────────────────────


def lay_out(folder: Path, wanted: list[Job]) -> None:
    """Write what the commands read."""
    rules = "\n".join(rule for rule, _ in faces())
    (folder / "fonts.css").write_text(rules, encoding="utf-8")
    (folder / "print.css").write_text(wanted[0].stylesheet, encoding="utf-8")
    for number, job in enumerate(wanted):
        path = folder / "site" / f"{number}.html"
        path.write_text(job.html, encoding="utf-8")
        links = "".join(
            f'<link rel="stylesheet" href="../{name}.css">' for name in ("fonts", "print")
        )
        linked = job.html.replace("</head>", f"{links}</head>")
        path.with_suffix(".linked.html").write_text(linked, encoding="utf-8")
        path.with_suffix(".typ").write_text(Typesetter.document(job.html), encoding="utf-8")


def compare(site: Path) -> None:
    """Print the table of costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = jobs(site, folder)
        lay_out(folder, wanted)
        ours, theirs = Worker("ours", site), Worker("plain", site)
        makers: dict[str, Callable[[int], Cost]] = {
            "publish": ours.make,
            "WeasyPrint": theirs.make,
            "weasyprint, a process a file": lambda n: weasyprint_command(folder, n),
            "Chromium, a process a file": lambda n: chromium(folder, n),
            "Typst, a process a file": lambda n: typst(folder, n),
        }
        absent = set()
        if not shutil.which("chromium"):
            absent.add("Chromium, a process a file")
        if not (shutil.which("typst") or typst_python()):
            absent.add("Typst, a process a file")
        found: dict[str, list[list[Cost]]] = {each: [[] for _ in wanted] for each in makers}
        load = [os.getloadavg()[0]]
        for turn in range(ROUNDS):
            for number in range(len(wanted)):
                for each, make in makers.items():
                    warm = each in ("publish", "WeasyPrint")
                    if each not in absent and (warm or turn < SLOW_ROUNDS):
                        found[each][number].append(make(number))
            load.append(os.getloadavg()[0])
        ours.close()
        theirs.close()
    print(f"{len(wanted)} editions of {site.resolve().name}, load {min(load):.1f}–{max(load):.1f}")
    print(f"{'':30} {'CPU s':>8} {'wall s':>8} {'times publish':>14}")
    base = least(found["publish"])
    for each, costs in found.items():
        if each in absent:
            print(f"{each:30} not installed")
            continue
        cost = least(costs)
        print(f"{each:30} {cost.cpu:8.3f} {cost.wall:8.3f} {cost.cpu / base.cpu:14.2f}")
    ratio = base.cpu / least(found["WeasyPrint"]).cpu
    layouts = statistics.mean(costs[0].layouts for costs in found["publish"])
    print(f"publish is {ratio:.2f} × WeasyPrint itself; layouts per edition {layouts:.2f}, of 1.00")
    single = [number for number, costs in enumerate(found["publish"]) if costs[0].layouts == 1]
    if single and len(single) < len(wanted):
        one, other = (least([found[who][n] for n in single]) for who in ("publish", "WeasyPrint"))
        print(f"on the {len(single)} editions of one layout {one.cpu / other.cpu:.2f} ×")


def least(costs: list[list[Cost]]) -> Cost:
    """The mean over the editions of the cheapest time that each was made."""
    cheapest = [min(of, key=lambda cost: cost.cpu) for of in costs]
    return Cost(
        statistics.mean(cost.cpu for cost in cheapest),
        statistics.mean(cost.wall for cost in cheapest),
    )


def hold(site: Path) -> None:
    """Print how a worker's memory grows, or does not."""
    command = [sys.executable, "-m", __spec__.name, "--memory", str(site)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = {int(number): int(size) for number, size in map(str.split, done.stdout.splitlines())}
    cells = [f"{size / MEGABYTE:.0f} MB after {number}" for number, size in found.items()]
    growth = found[MEMORY[-1]] / found[MEMORY[0]] - 1
    print(f"resident set of a worker: {', '.join(cells)} editions ({growth:+.1%})")


def main(arguments: list[str]) -> None:
    """Measure, or be one of the workers."""
    match arguments:
        case ["--worker", kind, name]:
            serve(kind, Path(name))
        case ["--memory", name]:
            memory(Path(name))
        case _:
            site = Path(arguments[0] if arguments else ".")
            compare(site)
            hold(site)


if __name__ == "__main__":
    main(sys.argv[1:])
