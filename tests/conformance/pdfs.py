"""The PDF editions before veraPDF (PDF/UA-1 and PDF/A-2a) and outloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from publish.errors import PublishError

from . import samples, tools, verdicts
from .verdicts import Document, Section, Verdict


@dataclass(frozen=True, slots=True)
class Group:
    """PDFs that come from one place."""

    name: str
    """What stands before the names of its files in the report."""

    folder: Path
    """What the names of its files are relative to."""

    files: tuple[Path, ...]

    limit: int | None = None
    """Bytes that each may have."""


def section(paths: Sequence[Path], scratch: Path, *, places: int | None) -> Section:
    """Check the PDFs below `paths`; without any, those of the sample site and the seed site."""
    scratch.mkdir(parents=True, exist_ok=True)
    groups, notices, faults = _given(paths) if paths else _published(scratch)
    faults += [f"{one.name}: not checked: no PDF there" for one in groups if not one.files]
    proof = samples.untagged(scratch / "untagged.pdf")
    said = _verdicts((proof, *(file for one in groups for file in one.files)))
    documents = [_document(one, file, said[file]) for one in groups for file in one.files]
    faults += verdicts.alive(said[proof])
    faults += [f"{one.name}: {fault}" for one in documents for fault in one.faults]
    lines = (
        f"{tools.versions()}; checks/failures of veraPDF, failures/warnings of outloud",
        *notices,
        "",
        *verdicts.table(documents),
        *verdicts.details(documents, places),
        "",
        *_proof(said[proof]),
    )
    return Section("PDF editions", lines, tuple(faults))


def _published(scratch: Path) -> tuple[list[Group], list[str], list[str]]:
    """The PDFs of all sites; what is to be said first; what stands against a pass."""
    groups: list[Group] = []
    notices: list[str] = []
    faults: list[str] = []
    sites: tuple[tuple[str, Callable[[Path], Path | None], int | None], ...] = (
        ("sample", samples.sample_site, verdicts.SIZE),
        ("pictures", samples.pictures_site, None),
        ("seed", samples.seed_site, None),
    )
    for name, publish, limit in sites:
        try:
            folder = publish(scratch / name)
        except PublishError as error:
            notices.append(f"NOT CHECKED: the {name} site does not build")
            notices += [f"  {problem}" for problem in error.problems]
            faults.append(f"{name} site: not checked: it does not build")
            continue
        if folder is None:
            notices.append(f"NOT CHECKED: the {name} site is not beside the project")
        else:
            groups.append(Group(name, folder, _pdfs(folder), limit))
    return groups, notices, faults


def _given(paths: Sequence[Path]) -> tuple[list[Group], list[str], list[str]]:
    """The PDFs that were named, and those in folders that were."""
    groups = []
    for path in paths:
        if path.is_dir():
            groups.append(Group(path.name, path, _pdfs(path)))
        elif path.is_file():
            groups.append(Group("", path.parent, (path,)))
        else:
            groups.append(Group(str(path), path, ()))
    return groups, [], []


def _pdfs(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.rglob("*.pdf")))


def _verdicts(files: Sequence[Path]) -> dict[Path, tuple[Verdict, ...]]:
    """What each validator says of each file, or why it says nothing."""
    by_verapdf = _ask(tools.verapdf, verdicts.of_verapdf, files, tuple(tools.PROFILES.values()))
    by_outloud = _ask(tools.outloud, verdicts.of_outloud, files, ("outloud",))
    return {file: by_verapdf[file] + by_outloud[file] for file in files}


def _ask(
    tool: Callable[[Sequence[Path]], str],
    read: Callable[[str, Sequence[Path]], dict[Path, tuple[Verdict, ...]]],
    files: Sequence[Path],
    names: Sequence[str],
) -> dict[Path, tuple[Verdict, ...]]:
    try:
        return read(tool(files), files)
    except tools.ToolError as error:
        why = str(error)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        why = f"what it printed cannot be read: {error!r}"
    silent = tuple(Verdict(name, unchecked=why) for name in names)
    return dict.fromkeys(files, silent)


def _document(group: Group, file: Path, said: tuple[Verdict, ...]) -> Document:
    name = (Path(group.name) / file.relative_to(group.folder)).as_posix()
    try:
        with pikepdf.open(file) as document:
            pages = len(document.pages)
    except pikepdf.PdfError:
        pages = 0
    return Document(name, pages, file.stat().st_size, said, group.limit)


def _proof(said: Sequence[Verdict]) -> Iterator[str]:
    """What the validators say of a PDF that none may pass."""
    for one in said:
        found = f"{one.count('failure')} failures" if not one.unchecked else "NOT CHECKED"
        yield f"an untagged PDF, which must fail: {one.validator}: {found}"
