"""Files that people bring, written small."""

import io
import json
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

HEADER = ("Compétence", "Niveau", "Sources", "Depuis le", "Dernière pratique", "Contexte")


def table(*rows, header=HEADER, separator=";", encoding="utf-8"):
    lines = [separator.join(str(cell) for cell in row) for row in (header, *rows)]
    return "\r\n".join(lines).encode(encoding)


def workbook(*rows, header=HEADER):
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def bomb(megabytes=30):
    """A workbook whose sheet unpacks to far more than it is."""
    content = io.BytesIO(workbook(("Tableur", 3, "", "", "", "")))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * megabytes * 2**20)
    return content.getvalue()


def document(value):
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


RESUME = {
    "basics": {"name": "Awa"},
    "skills": [
        {"name": "Compétence numéro 2", "level": "5/8 (DigComp)", "keywords": ["petit:S2"]},
        {"name": "Web", "level": "Master", "keywords": ["HTML", "CSS", ""]},
    ],
    "languages": [{"language": "Wolof", "fluency": "C1"}],
}

PASSPORT = {
    "SkillsPassport": {
        "LearnerInfo": {
            "Skills": {
                "Linguistic": {
                    "MotherTongue": [{"Description": {"Code": "wo", "Label": "Wolof"}}],
                    "ForeignLanguage": [
                        {"Description": {"Label": "Anglais"}, "ProficiencyLevel": {"Reading": "B2"}}
                    ],
                },
                "JobRelated": {
                    "Description": "<p>Compétence numéro 2</p><ul><li>Trier &amp; classer</li></ul>"
                },
                "Computer": {
                    "Description": "Tableur; Messagerie",
                    "ProficiencyLevel": {"Information": "C"},
                },
                "Driving": {"Description": ["B"]},
            }
        }
    }
}

PROFILE = {"profile": {"digitalSkills": ["Tableur", {"name": "Messagerie", "level": "3"}], "languages": []}}


def sent(content, name="apporte.csv"):
    return SimpleUploadedFile(name, content)
