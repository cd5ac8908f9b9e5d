"""PDFs made to hurt their reader: each is refused with a sentence, after little work."""

import datetime as dt
import time
import zlib

import pytest

from competences.importers.record_files import read_file
from competences.importers.record_rows import MAX_BYTES
from competences.importers.source import BrokenSource

TODAY = dt.date(2026, 3, 12)
ENCRYPTED = b"/Encrypt << /Filter /Standard /V 5 /R 6 /O (a) /U (b) /OE (c) /UE (d) /P -1 >> /ID [(a) (b)]"


def pdf(data, filters, *, names=1, trailer=b""):
    """A whole document that carries `data` as our CVs carry theirs, under the same name so many times."""
    stream = b"<< /Type /EmbeddedFile /Filter %s /Length %d >>\nstream\n%s\nendstream"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [%s] >> >> >>"
        % (b"(resume.json) 3 0 R " * names),
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /Filespec /F (resume.json) /UF (resume.json) /EF << /F 4 0 R >> >>",
        stream % (filters, len(data), data),
    ]
    written, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + (
        b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (table, trailer, len(written))
    )


def folded(size, times):
    data = b"[" + b"1," * (size // 2) + b"1]"
    for _ in range(times):
        data = zlib.compress(data, 9)
    return data


TWICE = b"[/FlateDecode /FlateDecode]"
HOSTILE = {
    "unfolds to forty megabytes": (pdf(folded(40 * 2**20, 2), TWICE), "too_large"),
    "many that unfold": (pdf(folded(40 * 2**20, 2), TWICE, names=500), "too_large"),
    "a filter that nobody knows": (pdf(b"{}", b"/Unknown"), "bad_pdf"),
    "a filter that needs a program": (pdf(b"{}", b"/JBIG2Decode"), "bad_pdf"),
    "encrypted": (pdf(b"{}", b"[]", trailer=ENCRYPTED), "bad_pdf"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_document_made_to_hurt_is_refused_early(name):
    content, code = HOSTILE[name]
    assert len(content) <= MAX_BYTES
    before = time.process_time()
    with pytest.raises(BrokenSource) as refusal:
        read_file("cv.pdf", content, TODAY)
    assert refusal.value.anomalies[0].code == code
    assert time.process_time() - before < 5


def test_the_same_document_with_a_sound_attachment_is_read():
    resume = b'{"basics": {"name": "Awa"}, "skills": [{"name": "Tableur"}]}'
    found = read_file("cv.pdf", pdf(zlib.compress(resume), b"/FlateDecode", names=3), TODAY)
    assert [skill.text for skill in found.skills] == ["Tableur"]
