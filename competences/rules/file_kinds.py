"""Files that people send as evidence: what they are, found in their content alone.

Neither the name nor the header that comes with a file is believed. A file is read to its last byte: one that
is cut, that only begins like what it claims, or that is two things at once is refused.

Pictures are rewritten, not encoded again: the parts that draw the picture are copied byte for byte, all the
rest is left behind (where and with what it was taken, thumbnails, comments, whatever follows its end). So
nothing that hides there is kept, quality stays, and no decoder runs on bytes from outside. PDF files are kept
as they are: a signature on one would not outlive a change.

Sources, read on 24 November 2026: ITU-T T.81 annex B (JPEG), W3C PNG third edition, RFC 9649 (WebP),
ISO 32000 7.5 (PDF).
"""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import NoReturn

PDF, JPEG, PNG, WEBP = "pdf", "jpg", "png", "webp"

MAX_PIXELS = 100_000_000
"""A picture of a few kilobytes may unfold to more than the memory of the telephone that opens it."""


class BadFile(ValueError):
    """A file that cannot be taken. `reason`: empty, unknown, broken, double or huge."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read to its end: its kind, which is its ending too, and the bytes to keep."""

    kind: str
    content: bytes


def checked(content: bytes) -> Checked:
    """What the content is, and what of it is kept. Raises BadFile."""
    if not content:
        raise BadFile("empty")
    try:
        if content.startswith(b"%PDF-"):
            return Checked(PDF, _pdf(content))
        if content.startswith(b"\xff\xd8\xff"):
            return Checked(JPEG, _jpeg(content))
        if content.startswith(_PNG_SIGNATURE):
            return Checked(PNG, _png(content))
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return Checked(WEBP, _webp(content))
    except (struct.error, IndexError, zlib.error) as error:
        raise BadFile("broken") from error
    raise BadFile("unknown")


def _broken() -> NoReturn:
    raise BadFile("broken")


def _refuse_size(width: int, height: int) -> None:
    if not width or not height:
        _broken()
    if width * height > MAX_PIXELS:
        raise BadFile("huge")


# PDF -------------------------------------------------------------------------------------------------------

_PDF_HEAD = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\r\n\t %]")
_PDF_END = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF[\s\x00]*\Z")
_PDF_TABLE = re.compile(rb"\s*(xref\b|\d+\s+\d+\s+obj\b)")
_MARKUP = re.compile(rb"<\s*(html|script|!doctype|svg|\?php)", re.IGNORECASE)


def _pdf(content: bytes) -> bytes:
    """Its head is at the first byte and its end at the last, and the end leads to a table of objects."""
    end = _PDF_END.search(content, max(0, len(content) - 2048))
    if not _PDF_HEAD.match(content) or end is None:
        _broken()
    if not _PDF_TABLE.match(content, int(end[1])):
        _broken()
    # An archive is read from its end, a page from its beginning: either could be wrapped in a whole PDF.
    if _MARKUP.search(content, 0, 1024) or zipfile.is_zipfile(io.BytesIO(content)):
        raise BadFile("double")
    return content


# JPEG ------------------------------------------------------------------------------------------------------

_SOI, _EOI, _SOS, _COMMENT = b"\xff\xd8", 0xD9, 0xDA, 0xFE
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_KEPT_PARTS = {0xE0: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}
_EXIF = b"Exif\x00\x00"


def _jpeg(content: bytes) -> bytes:
    """The segments that draw the picture, its colours and the way up; nothing after its end."""
    kept, place, is_framed, is_drawn = [_SOI], 2, False, False
    while True:
        place, marker = _next_marker(content, place)
        if marker == _EOI:
            break
        (length,) = struct.unpack_from(">H", content, place)
        segment = content[place : place + length]
        if length < 2 or len(segment) < length:
            _broken()
        place += length
        whole = bytes((0xFF, marker)) + segment
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", segment, 3)
            _refuse_size(width, height)
            is_framed = True
            kept.append(whole)
        elif marker == _SOS:
            stop = _AFTER_SCAN.search(content, place)
            if not is_framed or stop is None:
                _broken()
            kept += [whole, content[place : stop.start()]]
            place, is_drawn = stop.start(), True
        elif marker in _TABLES or segment[2:].startswith(_KEPT_PARTS.get(marker, _NOTHING)):
            kept.append(whole)
        elif marker == 0xE1 and segment[2:].startswith(_EXIF):
            kept.append(_way_up(segment[2 + len(_EXIF) :]))
        elif not 0xE0 <= marker <= 0xEF and marker != _COMMENT:
            _broken()
    if not is_drawn:
        _broken()
    return b"".join([*kept, bytes((0xFF, _EOI))])


_NOTHING = b"\x00never"


def _next_marker(content: bytes, place: int) -> tuple[int, int]:
    """The place after the next marker, and the marker; fill bytes may come before it."""
    if content[place] != 0xFF:
        _broken()
    while content[place] == 0xFF:
        place += 1
    return place + 1, content[place]


def _way_up(tiff: bytes) -> bytes:
    """A segment that says how the picture is turned, and nothing else of what the camera wrote."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    try:
        turned = _orientation(tiff, order) if order else None
    except struct.error:
        turned = None
    if turned is None:
        return b""
    body = _EXIF + b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _orientation(tiff: bytes, order: str) -> int | None:
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (entries,) = struct.unpack_from(f"{order}H", tiff, start)
    for number in range(entries):
        tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
        if tag == 0x0112 and kind == 3 and 2 <= value <= 8:
            return int(value)
    return None


# PNG -------------------------------------------------------------------------------------------------------

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND"),
    *(b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs"),
}
_LEAST_UNFOLDED = 1024


def _png(content: bytes) -> bytes:
    """The chunks that draw the picture and its colours, each with a good sum; nothing after its end."""
    kept, place, drawn = [_PNG_SIGNATURE], len(_PNG_SIGNATURE), b""
    while True:
        length, kind = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        (told,) = struct.unpack_from(">I", content, place + 8 + length)
        if zlib.crc32(kind + data) != told or (kind == b"IHDR") != (len(kept) == 1):
            _broken()
        if kind == b"IHDR":
            _refuse_size(*struct.unpack_from(">II", data))
        if kind == b"IDAT" and not drawn:
            drawn = data
        if kind in _PNG_KEPT:
            kept.append(content[place : place + 12 + length])
        elif not kind[0] & 0x20:
            _broken()  # a part that no picture can be drawn without, and that nobody knows
        if kind == b"IEND":
            break
        place += 12 + length
    if not drawn or not zlib.decompressobj().decompress(drawn, _LEAST_UNFOLDED):
        _broken()
    return b"".join(kept)


# WebP ------------------------------------------------------------------------------------------------------

_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_PICTURES = {b"VP8 ", b"VP8L", b"ANMF"}
_TOLD_FLAGS = 0b00001100
"""Bits of the extended header that announce Exif and XMP."""


def _webp(content: bytes) -> bytes:
    """The chunks that draw the picture; the flags that announce those left behind are taken down."""
    (told,) = struct.unpack_from("<I", content, 4)
    end = told + 8
    if end > len(content) or told < 12:
        _broken()
    kept, place = [b"WEBP"], 12
    while place < end:
        kind, length = struct.unpack_from("<4sI", content, place)
        data = content[place + 8 : place + 8 + length]
        if place + 8 + length > end:
            _broken()
        if len(kept) == 1 and kind not in (b"VP8 ", b"VP8L", b"VP8X"):
            _broken()
        if kind in _WEBP_KEPT:
            _refuse_size(*_webp_size(kind, data))
            if kind == b"VP8X":
                data = bytes((data[0] & ~_TOLD_FLAGS,)) + data[1:]
            kept.append(kind + struct.pack("<I", length) + data + b"\x00" * (length % 2))
        place += 8 + length + length % 2
    if not any(part[:4] in _WEBP_PICTURES for part in kept[1:]):
        _broken()
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_size(kind: bytes, data: bytes) -> tuple[int, int]:
    """Width and height that a chunk tells; 1 and 1 for one that tells none."""
    if kind == b"VP8 ":
        if data[3:6] != b"\x9d\x01\x2a":
            _broken()
        width, height = struct.unpack_from("<HH", data, 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 1)
        if data[0] != 0x2F:
            _broken()
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        struct.unpack_from("<10B", data)
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    return 1, 1
