"""What else decides the bytes of a site, beside its own files: this program, libraries, fonts."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from . import fonts


def program() -> str:
    """What this program, its Python, its packages and its fonts are known by."""
    whole = hashlib.sha256(_python().encode())
    for face in fonts.faces():
        whole.update(f"{face.family}\0{face.path.name}\0".encode())
        with face.path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


@functools.cache
def code() -> str:
    """What the code of this program is known by: a process never runs any other than it began
    with."""
    whole = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


@functools.cache
def _python() -> str:
    """What runs, but for the fonts: Python, its packages, our code."""
    whole = hashlib.sha256(f"{sys.version}\0{platform.machine()}\0{code()}\0".encode())
    for name in sorted(_packages()):
        whole.update(name.encode() + b"\n")
    return whole.hexdigest()


def _packages() -> Iterator[str]:
    """Names and releases of all packages that this Python has, as their folders are called."""
    for place in sys.path:
        try:
            yield from (one.name for one in os.scandir(place) if one.name.endswith(".dist-info"))
        except OSError:
            continue


def _text(library: ctypes.CDLL, name: str) -> str:
    function = getattr(library, name)
    function.restype = ctypes.c_char_p
    return str((function() or b"").decode())


def _freetype(library: ctypes.CDLL) -> str:
    handle = ctypes.c_void_p()
    if library.FT_Init_FreeType(ctypes.byref(handle)):
        return ""
    numbers = [ctypes.c_int() for _ in range(3)]
    library.FT_Library_Version(handle, *map(ctypes.byref, numbers))
    library.FT_Done_FreeType(handle)
    return ".".join(str(number.value) for number in numbers)


_LIBRARIES = {
    "pango-1.0": lambda library: _text(library, "pango_version_string"),
    "harfbuzz": lambda library: _text(library, "hb_version_string"),
    "harfbuzz-subset": lambda library: _text(library, "hb_version_string"),
    "fontconfig": lambda library: str(library.FcGetVersion()),
    "freetype": _freetype,
}
_FILES = {
    "linux": ("lib{}.so.0", "lib{}.so.1", "lib{}.so.6"),
    "darwin": ("lib{}.0.dylib", "lib{}.1.dylib", "lib{}.6.dylib", "lib{}.dylib"),
    "win32": ("lib{}-0.dll", "lib{}-1.dll", "lib{}-6.dll"),
}


def named(engine: Callable[..., object]) -> str:
    """What an engine is known by: the function that it is."""
    return f"{getattr(engine, '__module__', '')}.{getattr(engine, '__qualname__', type(engine))}"


def engine() -> str:
    """The releases of the system's libraries that PDFs are set with."""
    return ", ".join(" ".join(one) for one in libraries())


@functools.cache
def libraries() -> tuple[tuple[str, str], ...]:
    """The same, library by library; the release is empty where there is none."""
    return tuple((name, _release(name)) for name in _LIBRARIES)


def _release(name: str) -> str:
    """The release of a library; empty where there is none."""
    for file in _FILES.get(sys.platform, _FILES["linux"]):
        try:
            return _LIBRARIES[name](ctypes.CDLL(file.format(name)))
        except (OSError, AttributeError):
            continue
    return ""
