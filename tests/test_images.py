"""Images: what is told of a bad one, and that a good one leaves with its pixels alone."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import (
    ExifTags,
    Image,
    ImageChops,
    ImageCms,
    ImageDraw,
    ImageFile,
    ImageStat,
    PngImagePlugin,
)

from publish import images, pdf
from publish.images import Prepared, look, prepare

from . import pdfs

SUFFIX = {"PNG": ".png", "JPEG": ".jpg"}
SECRET = b"a secret"


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def drawn(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Smooth colours with a mark in the upper left corner: nothing is alike on two sides."""
    red = Image.linear_gradient("L").resize((width, height))
    image = Image.merge("RGB", (red, ImageChops.invert(red), Image.new("L", red.size, 90)))
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill=(250, 250, 250))
    return image.convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """What no format makes small."""
    return Image.effect_noise((width, height), 80)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def declared(width: int, height: int) -> bytes:
    """A PNG of black and white that says it is of this size, in a few bytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    row = b"\0" * min(width // 8 + 2, 9_999)
    pixels = chunk(b"IDAT", zlib.compress(row))
    return b"\x89PNG\r\n\x1a\n" + head + pixels + chunk(b"IEND", b"")


def with_gps(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    return exif


def difference(one: Image.Image, other: Image.Image) -> float:
    """By how much two images differ on average, of 255."""
    mode = "RGBA" if "A" in one.mode + other.mode else "RGB"
    found = ImageStat.Stat(ImageChops.difference(one.convert(mode), other.convert(mode)))
    return max(found.mean)


def every(made: Prepared) -> Iterator[bytes]:
    yield from (version.content for version in made.screen)
    yield made.paper


# ── What is wrong ────────────────────────────────────────────────────────────────────────────

FILES = {
    "a PNG": (".png", saved(drawn(), "PNG"), ""),
    "a JPEG": (".jpg", saved(drawn(), "JPEG"), ""),
    "a JPEG by its long name": (".jpeg", saved(drawn(), "JPEG"), ""),
    "a palette": (".png", saved(drawn(mode="P"), "PNG"), ""),
    "a small tall JPEG": (".jpg", saved(drawn(3, 30), "JPEG"), ""),
    "nothing": (".png", b"", "is not an image"),
    "words": (".png", b"no image", "is not an image"),
    "GIF": (".png", saved(drawn(mode="P"), "GIF"), "is GIF, not PNG"),
    "WebP": (".jpg", saved(drawn(), "WEBP"), "is WebP, not JPEG"),
    "TIFF": (".jpg", saved(drawn(), "TIFF"), "is TIFF, not JPEG"),
    "BMP": (".png", saved(drawn(), "BMP"), "is BMP, not PNG"),
    "HEIC": (".jpg", b"\0\0\0\x18ftypheic", "is HEIC or AVIF, not JPEG"),
    "SVG": (".png", b'<?xml version="1.0"?><svg/>', "is SVG or HTML, not PNG"),
    "JPEG by the other name": (".png", saved(drawn(), "JPEG"), "is JPEG, not PNG"),
    "PNG by the other name": (".jpeg", saved(drawn(), "PNG"), "is PNG, not JPEG"),
    "magic alone": (".png", b"\x89PNG\r\n\x1a\n", "is damaged: it cannot be decoded to its end"),
    "as many pixels as may be": (".png", declared(7_000, 7_142), "is damaged"),
    "too many pixels": (".png", declared(7_001, 7_143), "has 7,001 × 7,143 pixels"),
    "a bomb": (".png", declared(60_000, 60_000), "has 60,000 × 60,000 pixels"),
    "the largest of all": (".png", declared(2**31 - 1, 2**31 - 1), "has 2,147,483,647 × 2,147"),
    "too many bytes": (".png", b"\x89PNG\r\n\x1a\n" + bytes(images.SIZE), "is larger than 20 MB"),
    "animated": (
        ".png",
        saved(drawn(), "PNG", save_all=True, append_images=[drawn(mode="L").convert("RGB")]),
        "is animated",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_fault_says_what_is_wrong_and_what_readers_would_see(name: str) -> None:
    suffix, data, message = FILES[name]
    fault = look(suffix, data)
    assert (fault.message if fault else "").startswith(message)
    assert bool(fault) == bool(message)
    if fault:
        assert fault.hint.startswith("readers")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["plain", "progressive"])
def test_what_is_cut_short_is_damaged(kind: str, options: dict[str, bool]) -> None:
    data = saved(noise(300, 200), kind, **options)
    for share in (0.2, 0.5, 0.9):
        fault = look(SUFFIX[kind], data[: int(len(data) * share)])
        assert fault is not None
        assert fault.message.startswith("is damaged")


def test_a_jpeg_is_damaged_also_where_the_pdf_engine_is_lenient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # WeasyPrint sets this for the whole process when it is imported.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    data = saved(noise(300, 200), "JPEG")
    assert look(".jpg", data[: len(data) // 2]) is not None
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_jpeg_of_too_many_pixels_is_told_before_it_is_decoded() -> None:
    data = bytearray(saved(drawn(16, 16), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    for side, message in (
        (7_143, "has 7,143 × 7,143 pixels"),
        (65_000, "has more than 50,000,000"),
    ):
        data[at : at + 4] = struct.pack(">HH", side, side)
        fault = look(".jpg", bytes(data))
        assert fault is not None
        assert fault.message.startswith(message)


@settings(deadline=None, max_examples=300)
@given(
    kind=st.sampled_from(["PNG", "JPEG"]),
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.integers(0, 10**6) | st.none(),
)
def test_whatever_is_in_a_file_it_is_published_or_a_fault(
    kind: str, flips: list[tuple[int, int]], cut: int | None
) -> None:
    data = bytearray(BROKEN[kind])
    for at, value in flips:
        data[at % len(data)] = value
    content = bytes(data[: cut % len(data)] if cut is not None else data)
    if look(SUFFIX[kind], content) is None:
        assert prepare(content).screen


BROKEN = {
    "PNG": saved(drawn(8, 6, "P"), "PNG", transparency=3, exif=with_gps(6)),
    "JPEG": saved(drawn(16, 8), "JPEG", exif=with_gps(6), quality=10),
}
# A compressed text stands among the parts that are broken.
BROKEN["PNG"] = (
    BROKEN["PNG"][:33] + chunk(b"zTXt", b"a\0\0" + zlib.compress(b"b")) + BROKEN["PNG"][33:]
)


# ── Metadata ─────────────────────────────────────────────────────────────────────────────────

TEXTS = PngImagePlugin.PngInfo()
TEXTS.add_text("Comment", SECRET.decode())
TEXTS.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>a secret</x:xmpmeta>")
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b"<x:xmpmeta>a secret</x:xmpmeta>"


def with_thumbnail() -> bytes:
    """A JPEG whose first segment holds three pixels of its own."""
    data = saved(drawn(), "JPEG")
    assert data[2:6] == b"\xff\xe0\0\x10"
    return data[:4] + struct.pack(">H", 16 + 9) + data[6:18] + b"\3\1" + SECRET + b"." + data[20:]


TELLING = {
    "a thumbnail": ("JPEG", with_thumbnail()),
    "EXIF with a place": ("JPEG", saved(drawn(), "JPEG", exif=with_gps())),
    "XMP": ("JPEG", saved(drawn(), "JPEG", xmp=XMP)),
    "a comment": ("JPEG", saved(drawn(), "JPEG", comment=SECRET)),
    "a progressive JPEG": ("JPEG", saved(drawn(), "JPEG", progressive=True, comment=SECRET)),
    "grey": ("JPEG", saved(drawn(mode="L"), "JPEG", exif=with_gps())),
    "behind the end of a JPEG": ("JPEG", saved(drawn(), "JPEG") + SECRET),
    "texts": ("PNG", saved(drawn(), "PNG", pnginfo=TEXTS)),
    "EXIF in a PNG": ("PNG", saved(drawn(mode="RGBA"), "PNG", exif=with_gps())),
    "behind the end of a PNG": ("PNG", saved(drawn(), "PNG") + SECRET),
    "a large image": ("JPEG", saved(drawn(1500, 90), "JPEG", exif=with_gps(), comment=SECRET)),
    "a large PNG": ("PNG", saved(drawn(1500, 90), "PNG", exif=with_gps(), pnginfo=TEXTS)),
}


@pytest.mark.parametrize("name", TELLING)
def test_nothing_but_pixels_leaves(name: str) -> None:
    kind, data = TELLING[name]
    assert SECRET in data
    assert look(SUFFIX[kind], data) is None
    for content in every(prepare(data)):
        assert SECRET not in content
        assert b"Exif" not in content
        assert b"eXIf" not in content
        image = opened(content)
        assert image.format == kind
        assert not image.getexif()
        known = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert set(image.info) <= known


@pytest.mark.parametrize("name", [name for name in TELLING if "large" not in name])
def test_no_pixel_changes_where_only_words_are_taken_out(name: str) -> None:
    _, data = TELLING[name]
    [version] = prepare(data).screen
    assert version.content != data
    assert difference(opened(version.content), opened(data)) == 0


@pytest.mark.parametrize(
    "data",
    [
        saved(drawn(), "JPEG", dpi=(72, 72)),
        saved(drawn(), "JPEG", progressive=True),
        saved(drawn(mode="L"), "JPEG"),
        saved(drawn(), "JPEG", restart_marker_rows=1),
        saved(drawn(), "JPEG", keep_rgb=True),
        saved(drawn(), "PNG", dpi=(144, 144)),
        saved(drawn(mode="P"), "PNG", transparency=3),
        saved(drawn(mode="1"), "PNG"),
        saved(noise(1440, 20), "PNG"),
    ],
    ids=[
        *("JPEG", "progressive", "grey", "restart marks", "red, green and blue"),
        *("PNG", "palette", "black and white", "as wide as may be"),
    ],
)
def test_what_tells_nothing_is_published_byte_for_byte(data: bytes) -> None:
    made = prepare(data)
    assert made.screen[-1].content == data
    assert made.paper == data


def test_a_jpeg_whose_segments_are_not_in_order_is_written_anew() -> None:
    data = saved(drawn(), "JPEG", comment=SECRET)
    # Fill bytes before a marker are allowed and rare.
    odd = data[:2] + b"\xff" + data[2:]
    assert look(".jpg", odd) is None
    [version] = prepare(odd).screen
    assert SECRET not in version.content
    assert difference(opened(version.content), opened(data)) < 3


# ── Pixels ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_image_is_turned_upright(kind: str) -> None:
    upright = drawn(60, 40)
    # Orientation 6: the camera was turned, and the image wants a quarter turn clockwise.
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    [version] = prepare(saved(lying, kind, exif=with_gps(6))).screen
    assert (version.width, version.height) == (60, 40)
    shown = opened(version.content)
    assert shown.size == (60, 40)
    assert difference(shown, upright) < 4


TURNS = {
    1: (),
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.ROTATE_90, Image.Transpose.FLIP_TOP_BOTTOM),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.ROTATE_90, Image.Transpose.FLIP_LEFT_RIGHT),
    8: (Image.Transpose.ROTATE_270,),
    9: (),
}
"""How an upright image was laid down, by what EXIF says of it."""


@pytest.mark.parametrize("orientation", TURNS)
def test_every_way_of_holding_a_camera_is_known(orientation: int) -> None:
    laid = drawn()
    for turn in TURNS[orientation]:
        laid = laid.transpose(turn)
    [version] = prepare(saved(laid, "PNG", exif=with_gps(orientation))).screen
    assert difference(opened(version.content), drawn()) == 0


def test_exif_that_cannot_be_read_is_left_out() -> None:
    data = saved(drawn(), "PNG", exif=with_gps(6))
    at = data.index(b"eXIf")
    (length,) = struct.unpack_from(">I", data, at - 4)
    broken = data[: at - 4] + chunk(b"eXIf", b"MM" + SECRET) + data[at + length + 8 :]
    [version] = prepare(broken).screen
    assert SECRET not in version.content
    assert difference(opened(version.content), drawn()) == 0


def test_sixteen_bits_of_grey_become_eight() -> None:
    deep = drawn(mode="L").convert("I").point(lambda value: value * 257).convert("I;16")
    data = saved(deep, "PNG")
    assert data[24] == 16
    content = prepare(data).screen[-1].content
    assert content[24] == 8
    assert difference(opened(content), drawn(mode="L")) <= 1


def test_sixteen_bits_of_colour_become_eight() -> None:
    data = deep_colours()
    assert look(".png", data) is None
    content = prepare(data).screen[-1].content
    assert content[24] == 8
    assert opened(content).getpixel((0, 0)) == (255, 128, 0)


def deep_colours() -> bytes:
    """Two orange pixels of three times sixteen bits."""
    row = b"\0" + struct.pack(">HHH", 65_535, 32_896, 0) * 2
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(row))
    return b"\x89PNG\r\n\x1a\n" + head + pixels + chunk(b"IEND", b"")


def test_the_colours_of_print_become_those_of_screens() -> None:
    data = saved(drawn(mode="CMYK"), "JPEG", quality=95)
    assert opened(data).mode == "CMYK"
    for content in every(prepare(data)):
        image = opened(content)
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert difference(image, drawn()) < 4


def test_colours_of_another_profile_become_srgb() -> None:
    swapped = bytes(bytearray(SRGB))
    # A profile whose red is blue: nobody takes the numbers for what they are.
    tags = swapped.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    tags = tags.replace(b"s\0R\0G\0B", b"o\0t\0h\0r").replace(b"sRGB", b"othr")
    red = Image.new("RGB", (8, 8), (255, 0, 0))
    [version] = prepare(saved(red, "PNG", icc_profile=tags)).screen
    shown = opened(version.content)
    assert "icc_profile" not in shown.info
    assert shown.getpixel((4, 4)) == (0, 0, 255)
    [version] = prepare(saved(red.convert("RGBA"), "PNG", icc_profile=tags)).screen
    assert opened(version.content).getpixel((4, 4)) == (0, 0, 255, 255)


@pytest.mark.parametrize("profile", [SRGB, b"no profile"], ids=["sRGB", "broken"])
def test_a_profile_that_says_nothing_new_is_left_out(profile: bytes) -> None:
    [version] = prepare(saved(drawn(), "PNG", icc_profile=profile)).screen
    shown = opened(version.content)
    assert "icc_profile" not in shown.info
    assert difference(shown, drawn()) == 0


# ── Versions ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((100, 50), [100]),
        ((480, 240), [480]),
        ((599, 300), [599]),
        ((600, 300), [480, 600]),
        ((1000, 40), [480, 1000]),
        ((1440, 60), [480, 960, 1440]),
        ((3000, 100), [480, 960, 1440]),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_no_version_is_wider_than_the_image(
    kind: str, size: tuple[int, int], widths: list[int]
) -> None:
    made = prepare(saved(noise(*size), kind))
    assert [version.width for version in made.screen] == widths
    for version in made.screen:
        assert opened(version.content).size == (version.width, version.height)
        assert abs(version.height - version.width * size[1] / size[0]) <= 1


def test_what_is_too_wide_is_not_published_as_it_is() -> None:
    data = saved(drawn(2880, 2880), "JPEG")
    for version in prepare(data).screen:
        assert opened(version.content).size == (version.width, version.width)


def test_a_strip_keeps_a_pixel_of_height() -> None:
    assert [v.height for v in prepare(saved(noise(4000, 1), "PNG")).screen] == [1, 1, 1]


def test_a_version_that_saves_nothing_is_not_published() -> None:
    # Dots of black and white: their greys in a smaller image weigh more than they do.
    data = saved(noise(1000, 300).point(lambda value: 255 * (value > 128)).convert("1"), "PNG")
    assert [v.content for v in prepare(data).screen] == [data]


def test_paper_gets_what_prints_well_and_no_more() -> None:
    made = prepare(saved(noise(1500, 1000), "JPEG"))
    assert made.paper == made.screen[-1].content
    tall = prepare(saved(noise(1000, 3000), "JPEG"))
    assert opened(tall.paper).size == (591, 1772)
    assert tall.screen[-1].height == 3000


def test_an_image_of_few_colours_has_few_in_every_version() -> None:
    drawing = Image.new("RGBA", (2000, 800), (0, 0, 0, 0))
    ImageDraw.Draw(drawing).ellipse((100, 100, 1900, 700), fill=(138, 28, 43, 255))
    made = prepare(saved(drawing.quantize(8), "PNG"))
    assert [version.width for version in made.screen] == [480, 960, 1440]
    for content in every(made):
        image = opened(content)
        assert image.mode == "P"
        shown = image.convert("RGBA")
        middle = Image.new("RGBA", (1, 1), shown.getpixel((image.width // 2, image.height // 2)))
        assert difference(middle, Image.new("RGBA", (1, 1), (138, 28, 43, 255))) < 3
        assert shown.getchannel("A").getpixel((1, 1)) == 0


def test_transparency_has_no_dark_edges_when_it_is_scaled() -> None:
    drawing = Image.new("RGBA", (1500, 20), (0, 0, 0, 0))
    drawing.paste((255, 255, 255, 255), (0, 0, 751, 20))
    for version in prepare(saved(drawing, "PNG")).screen:
        pixels = opened(version.content).convert("RGBA")
        for x in range(pixels.width):
            red, *_, alpha = pixels.getpixel((x, 2))  # type: ignore[misc]
            assert alpha < 8 or red > 240


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_same_image_gives_the_same_bytes(kind: str) -> None:
    data = saved(drawn(2000, 200), kind, exif=with_gps(8))
    assert prepare(data) == prepare(bytes(bytearray(data)))


# ── In a PDF ─────────────────────────────────────────────────────────────────────────────────

PRINTED = {
    "a PNG with alpha": saved(drawn(mode="RGBA"), "PNG"),
    "a palette with transparency": saved(drawn(mode="P"), "PNG", transparency=3),
    "black and white": saved(drawn(mode="1"), "PNG"),
    "a CMYK JPEG": saved(drawn(mode="CMYK"), "JPEG"),
    "sixteen bits": saved(drawn(mode="L").convert("I").convert("I;16"), "PNG"),
    "sixteen bits of colour": deep_colours(),
    "a turned JPEG": saved(drawn(), "JPEG", exif=with_gps(6)),
    "a tall JPEG": saved(drawn(1000, 3000), "JPEG"),
}


@pytest.mark.parametrize("name", PRINTED)
def test_the_engine_takes_every_image_without_a_word(name: str) -> None:
    job = pdfs.job('<img src="a.img" alt="A">', a_img=prepare(PRINTED[name]).paper)
    made = pdf.render(job)
    assert made.problems == ()
    with pdfs.opened(made.content) as document:
        found = [each for each in pdfs.dictionaries(document) if each.get("/Subtype") == "/Image"]
        spaces = {str(each.ColorSpace) for each in found}
    assert found
    # The PDF's output intent is sRGB: device colours of other kinds would be none.
    assert spaces <= {"/DeviceRGB", "/DeviceGray"}
