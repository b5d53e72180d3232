"""Images: what is wrong with one, and what of it is published. Imports Pillow, alone.

Bytes in, frozen values out. What leaves holds pixels and nothing else: no place, camera, thumbnail
or comment. Colours are sRGB, which is what browsers take unmarked colours for and what the PDFs
name as theirs, so that a profile is spent on the conversion and not handed on.

Pillow is imported when the first image is looked at.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

SIZE = 20 * 1024 * 1024
"""Largest image, in bytes."""

PIXELS = 50_000_000
"""Most pixels of an image: what large cameras make, decoded in 200 MB."""

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
"""Endings of image names, and the format that each stands for."""

STEPS = (480, 960)
"""Widths for small windows, in pixels, where an image is clearly wider."""

WIDEST = 1440
"""Width of the widest: a column of text on a screen of two pixels a point, and on paper 300 dots
an inch."""

HIGHEST_ON_PAPER = 1772
"""Most pixels in height on paper: 150 mm, the most that the print style sheet gives an image."""

_STEP = 1.25  # a narrower version is worth a file of its own from this ratio on

_JPEG = {"quality": 82, "subsampling": "4:2:0", "progressive": True, "optimize": True}
_PNG = {"compress_level": 9}

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an image cannot be published."""

    message: str
    """What is wrong, following the image's name."""

    hint: str
    """What readers would see, and what to do."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of the files that an image is published as."""

    width: int
    """In pixels."""

    height: int
    """In pixels."""

    content: bytes
    """The file."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An image as it is published."""

    screen: tuple[Version, ...]
    """Versions for screens, widest last; there is always one."""

    paper: bytes
    """The file that PDFs hold."""


# ── What is wrong ────────────────────────────────────────────────────────────────────────────


def look(suffix: str, data: bytes) -> Fault | None:
    """What is wrong with the image in a file whose name ends in `suffix`, if anything is.

    `data` need not be read further than `SIZE` and one byte more.
    """
    if len(data) > SIZE:
        hint = "readers would wait for it: export it at 3,000 pixels in width, or less"
        return Fault(f"is larger than {SIZE // 2**20} MB", hint)
    wanted, found = SUFFIXES[suffix], _kind(data)
    if found != wanted:
        hint = "readers might see an empty frame: save it as PNG or JPEG; a new name is not enough"
        if found in SUFFIXES.values():
            ending = ".png" if found == "PNG" else ".jpg"
            hint = f"readers might see an empty frame: name it {ending}"
        return Fault(f"is {found}, not {wanted}" if found else "is not an image", hint)
    try:
        with _opened(data) as image:
            width, height = image.size
            if width * height > PIXELS:
                return _many(width, height)
            if wanted == "PNG" and getattr(image, "n_frames", 1) > 1:
                hint = "readers could not stop it, and on paper would see one frame: export that"
                return Fault("is animated", hint)
            # All of a JPEG is read, but an eighth of its pixels is enough to see that it is whole.
            image.draft(image.mode, (max(1, width // 8), max(1, height // 8)))
            image.load()
    except _bomb():
        return _many(*_declared(data))
    except _DAMAGE:
        hint = "readers would see a part of it, or an empty frame: export or copy it again"
        return Fault("is damaged: it cannot be decoded to its end", hint)
    return None


# What Pillow is known to raise for a file that is not as it should be.
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)


def _kind(data: bytes) -> str:
    """The format by content; empty where it is none that we know by name."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp":
        return "HEIC or AVIF"
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    return "SVG or HTML" if start.startswith(b"<") else ""


def _many(width: int, height: int) -> Fault:
    size = f"{width:,} × {height:,}" if width else f"more than {PIXELS:,}"
    hint = f"readers’ devices might fail on it: {PIXELS // 10**6} million pixels are the most"
    return Fault(f"has {size} pixels", hint)


def _declared(data: bytes) -> tuple[int, int]:
    """Width and height that a PNG declares; zeros for a JPEG, whose sides are at most 65,535."""
    return struct.unpack_from(">II", data, 16) if data[:4] == b"\x89PNG" else (0, 0)


def _bomb() -> tuple[type[Exception], ...]:
    from PIL import Image

    return Image.DecompressionBombError, Image.DecompressionBombWarning


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The image, not decoded yet; while it is open, nothing that is cut short passes for whole.

    The PDF engine tells Pillow to make up what is missing, for the whole process.
    """
    from PIL import Image, ImageFile

    lenient = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about metadata, which is not ours
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
                yield image
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


# ── What is published ────────────────────────────────────────────────────────────────────────


def prepare(data: bytes) -> Prepared:
    """What is published of an image that `look` finds no fault with; the same bytes for the same
    image and the same Pillow."""
    with _opened(data) as opened:
        kind = "PNG" if opened.format == "PNG" else "JPEG"
        small = opened.width <= WIDEST
        plain = _bare(kind, data) if small and not _changes(opened, data) else None
        # Half, a quarter or an eighth of a large JPEG's pixels, but never fewer than are wanted.
        opened.draft(opened.mode, (WIDEST, WIDEST))
        pixels = _pixels(opened, kind)
        # Where they are few, smaller versions are to have as few.
        colours = len(opened.palette.colors) if opened.mode == "P" and opened.palette else 0
    width, height = pixels.size
    full = min(width, WIDEST)
    versions: list[Version] = []
    for wide in (full, *(step for step in reversed(STEPS) if step * _STEP <= full)):
        high = max(1, round(height * wide / width))
        if wide == width and plain is not None:
            content = plain
        else:
            content = _encoded(_scaled(pixels, wide, high), kind, colours)
        # A narrower version that weighs as much serves nobody.
        if not versions or len(content) < len(versions[-1].content):
            versions.append(Version(wide, high, content))
    widest = versions[0]
    paper = widest.content
    if widest.height > HIGHEST_ON_PAPER:
        wide = max(1, round(width * HIGHEST_ON_PAPER / height))
        paper = _encoded(_scaled(pixels, wide, HIGHEST_ON_PAPER), kind, colours)
    return Prepared(tuple(reversed(versions)), paper)


def _changes(image: Image.Image, data: bytes) -> bool:
    """Whether pixels have to be changed: turned, brought to sRGB, or to eight bits."""
    turned = _turn(image) is not None
    deep = image.format == "PNG" and data[24] > 8
    return turned or deep or image.mode == "CMYK" or not _is_srgb(image)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """What brings the image upright; None where it is, as far as its EXIF can be read."""
    from PIL import ExifTags, Image

    turns = (
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.ROTATE_180,
        Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.TRANSPOSE,
        Image.Transpose.ROTATE_270,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_90,
    )
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _DAMAGE:
        return None
    return dict(enumerate(turns, start=2)).get(orientation)


def _profile(image: Image.Image) -> object:
    """The image's colour profile; None where it has none that can be read."""
    from PIL import ImageCms

    raw = image.info.get("icc_profile")
    try:
        return ImageCms.getOpenProfile(io.BytesIO(raw)) if raw else None
    except (ImageCms.PyCMSError, OSError):
        return None


def _is_srgb(image: Image.Image) -> bool:
    """Whether the colours are sRGB as they stand; unmarked ones are taken to be."""
    from PIL import ImageCms

    profile = _profile(image)
    return profile is None or "sRGB" in ImageCms.getProfileDescription(profile)  # type: ignore[arg-type]


def _pixels(image: Image.Image, kind: str) -> Image.Image:
    """The decoded image: upright, in sRGB, as L, LA, RGB or RGBA of eight bits, and alone."""
    profile = None if _is_srgb(image) else _profile(image)
    turn = _turn(image)
    upright = image.copy() if turn is None else image.transpose(turn)
    if upright.mode.startswith("I"):
        # Sixteen bits of grey, of which Pillow would cut off all above 255.
        upright = upright.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if "transparency" in upright.info or upright.mode in ("PA", "RGBa", "La"):
        upright = upright.convert("RGBA")
    elif upright.mode == "1":
        upright = upright.convert("L")
    elif upright.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        upright = upright.convert("RGB")
    if profile is not None:
        upright = _in_srgb(upright, profile)
    if upright.mode == "CMYK" or (kind == "JPEG" and upright.mode not in ("L", "RGB")):
        upright = upright.convert("RGB")
    upright = upright.copy()
    upright.info = {}
    return upright


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The image with its colours brought from the profile to sRGB; as it is where they are not of
    that profile's kind."""
    from PIL import ImageCms

    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colours = image.convert(image.mode.rstrip("A")) if alpha else image
    try:
        found = ImageCms.profileToProfile(
            colours,
            profile,  # type: ignore[arg-type]
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError:
        return image
    if found is None:
        return image
    if colours.mode == "L":
        found = found.convert("L")
    if alpha:
        found.putalpha(alpha)
    return found


def _scaled(image: Image.Image, width: int, height: int) -> Image.Image:
    from PIL import Image

    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encoded(image: Image.Image, kind: str, colours: int) -> bytes:
    """The image as a file, a PNG in a palette of so many `colours` if that is not 0."""
    from PIL import Image

    if kind == "PNG" and colours and image.mode in ("RGB", "RGBA"):
        method = Image.Quantize.MEDIANCUT if image.mode == "RGB" else Image.Quantize.FASTOCTREE
        # Edges that are smooth in a smaller version need some that the image has not got.
        most = min(256, max(32, colours))
        image = image.quantize(most, method=method, dither=Image.Dither.NONE)
    file = io.BytesIO()
    image.save(file, kind, **(_PNG if kind == "PNG" else _JPEG))
    return file.getvalue()


# ── Files without what nobody needs to know ──────────────────────────────────────────────────

_CHUNKS = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"pHYs", b"sBIT"))

_RESTARTS = range(0xD0, 0xD8)


def _bare(kind: str, data: bytes) -> bytes | None:
    """The file with its pixels untouched and all else left out: the very same bytes where there
    was nothing to leave out. None where its parts are not in order."""
    try:
        return b"".join(_png_parts(data) if kind == "PNG" else _jpeg_parts(data))
    except (ValueError, IndexError, struct.error):
        return None


def _png_parts(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        if at + length + 12 > len(data):
            raise ValueError("a chunk is cut short")
        if name in _CHUNKS:
            yield data[at : at + length + 12]
        at += length + 12


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("there is no marker where a segment ends")
        marker = data[at + 1]
        if marker == 0xD9:
            yield data[at : at + 2]
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker == 0xDA:
            # The scan itself has no length: it goes on to the next marker that is not part of it.
            end = data.index(b"\xff", end)
            while data[end + 1] == 0 or data[end + 1] in _RESTARTS:
                end = data.index(b"\xff", end + 2)
        if _needed(marker, data[at + 4 : end]):
            yield data[at:end]
        at = end


def _needed(marker: int, segment: bytes) -> bool:
    """Whether a decoder needs a segment: tables and frames, and what colours are."""
    if marker == 0xE0:
        return segment.startswith(b"JFIF\0") and len(segment) == 14  # else with a thumbnail
    if marker == 0xEE:
        return segment.startswith(b"Adobe")
    return marker < 0xE0
