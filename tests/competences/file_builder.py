"""Small files of each kind that is taken as evidence, written by hand byte by byte."""

import io
import struct
import zipfile
import zlib


def pdf(head=b"", *, before_end=b"", table_at=None):
    """A page without content; `table_at` lies about where the table of objects is."""
    body = b"%PDF-1.4\n" + head + b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    body += b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    if before_end:
        body += (
            b"3 0 obj\n<< /Length %d >>\nstream\n" % len(before_end) + before_end + b"\nendstream\nendobj\n"
        )
    place = len(body) if table_at is None else table_at
    body += b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 3 /Root 1 0 R >>\n"
    return body + b"startxref\n%d\n%%%%EOF\n" % place


def jpeg_segment(marker, data):
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def jpeg(parts=b"", *, width=2, passes=1, after=b""):
    """A picture whose drawing means nothing: what matters here is how its parts follow each other."""
    frame = jpeg_segment(
        0xC2 if passes > 1 else 0xC0, b"\x08" + struct.pack(">HH", 2, width) + b"\x01\x01\x11\x00"
    )
    table = jpeg_segment(0xDB, b"\x00" + b"\x01" * 64)
    scan = jpeg_segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + parts + table + frame + scan * passes + b"\xff\xd9" + after


def tiff(*, turned, order="<", more=b""):
    """What a camera writes: the way up, and a text."""
    head = b"II*\x00" if order == "<" else b"MM\x00*"
    entries = struct.pack(f"{order}HHIHH", 0x010F, 3, 1, 7, 0) + struct.pack(
        f"{order}HHIHH", 0x0112, 3, 1, turned, 0
    )
    return head + struct.pack(f"{order}IH", 8, 2) + entries + struct.pack(f"{order}I", 0) + more


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(more=b"", *, width=1, height=1, drawn=None):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    picture = chunk(b"IDAT", zlib.compress(b"\x00\x00") if drawn is None else drawn)
    return b"\x89PNG\r\n\x1a\n" + head + more + picture + chunk(b"IEND", b"")


def riff_chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)


def webp(before=b"", after=b""):
    picture = riff_chunk(b"VP8L", b"\x2f" + struct.pack("<I", 0) + b"\x88\x88")
    body = b"WEBP" + before + picture + after
    return b"RIFF" + struct.pack("<I", len(body)) + body


def zipped():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "x")
    return target.getvalue()
