"""Files found out by their content: what is taken, what of it is kept, and that nothing else gets through."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.file_kinds import JPEG, PDF, PNG, WEBP, BadFile, checked
from tests.competences.file_builder import (
    chunk,
    jpeg,
    jpeg_segment,
    pdf,
    png,
    riff_chunk,
    tiff,
    webp,
    zipped,
)

GOOD = {PDF: pdf(), JPEG: jpeg(), PNG: png(), WEBP: webp()}
PLACE = b"GPS 48.39 -4.48"


def reason(content):
    with pytest.raises(BadFile) as refusal:
        checked(content)
    return refusal.value.reason


@pytest.mark.parametrize("kind", GOOD)
def test_a_whole_file_is_known_and_kept(kind):
    found = checked(GOOD[kind])
    assert (found.kind, found.content) == (kind, GOOD[kind])


@pytest.mark.parametrize("kind", GOOD)
def test_a_cut_file_is_refused_wherever_it_is_cut(kind):
    content = GOOD[kind].rstrip()
    for length in range(1, len(content)):
        assert reason(content[:length]) in ("broken", "unknown"), length


LIES = {
    "nothing": (b"", "empty"),
    "a text": (b"Bonjour", "unknown"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "unknown"),
    "a drawing that runs scripts": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unknown"),
    "a programme": (b"MZ\x90\x00" + b"\x00" * 200, "unknown"),
    "an archive": (zipped(), "unknown"),
    "a GIF": (b"GIF89a" + b"\x00" * 40, "unknown"),
    "the head of a PDF": (b"%PDF-1.7\n", "broken"),
    "a PDF that begins late": (b"\n" + pdf(), "unknown"),
    "a PDF with something after its end": (pdf() + b"more", "broken"),
    "a PDF whose end leads nowhere": (pdf(table_at=2), "broken"),
    "a PDF whose end leads outside": (pdf(table_at=29_999), "broken"),
    "a PDF that is an archive": (pdf(before_end=zipped()), "double"),
    "a PDF that is a page": (pdf(b"%<html><script>alert(1)</script>\n"), "double"),
    "the head of a JPEG": (b"\xff\xd8\xff\xe0", "broken"),
    "a JPEG without a picture": (b"\xff\xd8\xff\xd9", "broken"),
    "a JPEG of no size": (jpeg(width=0), "broken"),
    "a JPEG of unknown parts": (jpeg(jpeg_segment(0xF7, b"x")), "broken"),
    "the head of a PNG": (b"\x89PNG\r\n\x1a\n", "broken"),
    "a PNG with a bad sum": (png().replace(b"IEND\xaeB`\x82", b"IEND\xaeB`\x83"), "broken"),
    "a PNG of unknown parts": (png(chunk(b"EVIL", b"x")), "broken"),
    "a PNG whose picture is not one": (png(drawn=b"not deflated"), "broken"),
    "a PNG too large to unfold": (png(width=60_000, height=60_000), "huge"),
    "a WebP of another length": (webp()[:4] + struct.pack("<I", 9_999) + webp()[8:], "broken"),
    "a WebP without a picture": (
        b"RIFF" + struct.pack("<I", 12) + b"WEBPICCP" + struct.pack("<I", 0),
        "broken",
    ),
    "a WebP too large to unfold": (webp(riff_chunk(b"VP8X", b"\x00" * 4 + b"\xff" * 6)), "huge"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_file_that_lies_is_refused(name):
    content, expected = LIES[name]
    assert reason(content) == expected


def test_a_photograph_keeps_its_colours_and_its_way_up_and_forgets_where_it_was_taken():
    parts = [
        jpeg_segment(0xE0, b"JFIF\x00\x01\x01"),
        jpeg_segment(0xE1, b"Exif\x00\x00" + tiff(turned=6, more=PLACE)),
        jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE),
        jpeg_segment(0xE2, b"ICC_PROFILE\x00colours"),
        jpeg_segment(0xE2, b"MPF\x00" + PLACE),
        jpeg_segment(0xFE, PLACE),
    ]
    kept = checked(jpeg(b"".join(parts), after=PLACE + zipped())).content
    assert PLACE not in kept
    assert b"PK" not in kept
    assert b"ICC_PROFILE\x00colours" in kept
    assert b"Exif\x00\x00MM\x00*" in kept
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in kept
    assert checked(kept).content == kept


@pytest.mark.parametrize(
    "camera",
    [b"", b"II*\x00", b"XX*\x00" + b"\x00" * 20, b"II*\x00\xff\xff\xff\xff", tiff(turned=1), tiff(turned=99)],
)
def test_a_camera_that_says_nothing_of_the_way_up_is_forgotten_whole(camera):
    kept = checked(jpeg(jpeg_segment(0xE1, b"Exif\x00\x00" + camera))).content
    assert b"Exif" not in kept


def test_both_ways_of_writing_numbers_are_read():
    for order in "<>":
        kept = checked(jpeg(jpeg_segment(0xE1, b"Exif\x00\x00" + tiff(turned=8, order=order)))).content
        assert struct.pack(">HHIH", 0x0112, 3, 1, 8) in kept


def test_a_drawing_forgets_its_texts_and_what_follows_it():
    kept = checked(
        png(chunk(b"tEXt", PLACE) + chunk(b"eXIf", PLACE) + chunk(b"gAMA", b"\x00\x00\xb1\x8f")) + PLACE
    )
    assert PLACE not in kept.content
    assert b"gAMA" in kept.content
    extended = riff_chunk(b"VP8X", b"\x0c" + b"\x00" * 9)
    kept = checked(webp(extended, riff_chunk(b"EXIF", PLACE) + riff_chunk(b"XMP ", PLACE)) + PLACE)
    assert PLACE not in kept.content
    assert riff_chunk(b"VP8X", b"\x00" * 10) in kept.content


def test_a_scan_in_several_passes_is_kept_whole():
    passes = jpeg(passes=3)
    assert checked(passes).content == passes


@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_are_taken_or_refused_with_a_reason(content, head):
    try:
        found = checked(head + content)
    except BadFile as bad:
        told = bad.reason
    else:
        told, again = "taken", checked(found.content)
        assert again == found
    assert told in ("taken", "empty", "unknown", "broken", "double", "huge")


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_file_with_one_byte_changed_never_breaks_the_reader(kind, data):
    content = bytearray(GOOD[kind])
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = checked(bytes(content))
    except BadFile:
        return
    assert checked(found.content) == found


def test_what_is_built_here_is_what_readers_of_the_formats_take():
    with zipfile.ZipFile(io.BytesIO(zipped())) as archive:
        assert archive.namelist() == ["a.txt"]
    assert zlib.crc32(b"IEND") == 0xAE426082
