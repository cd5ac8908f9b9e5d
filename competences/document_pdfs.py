"""The PDF of a synthesis: its words and their order."""

import datetime as dt
from typing import Any

from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from competences.document_texts import SECTION_TITLES
from competences.pdf import Made, make_pdf
from competences.rules.documents import SECTIONS, Content


def synthesis_document(
    content: Content, *, title: str, person: str, author: str, provider: str, on: dt.date, language: str
) -> Made:
    """The synthesis as a tagged PDF in that language, with the same content attached as JSON."""
    attached = {"title": title, "person": person, "on": on.isoformat(), "content": dict(content)}
    with translation.override(language):
        return make_pdf("synthesis", _printed(content, title, person, author, provider, on), attached)


def _printed(
    content: Content, title: str, person: str, author: str, provider: str, on: dt.date
) -> dict[str, Any]:
    day = f"{on.day} {MONTHS[on.month]} {on.year}"
    return {
        "title": f"{title} – {person}",
        "author": author,
        "lang": translation.get_language() or "fr",
        "date": [on.year, on.month, on.day],
        "heading": title,
        "person": person,
        "facts": [
            _("Écrit avec %(author)s, %(provider)s") % {"author": author, "provider": provider}
            if provider
            else _("Écrit avec %(author)s") % {"author": author},
            _("Remis le %(day)s") % {"day": day},
        ],
        "notice": _(
            "Ce document appartient à %(person)s. Il ne peut être communiqué à personne d’autre sans son"
            " accord (article L6313-4 du Code du travail)."
        )
        % {"person": person},
        "footer": _("Document de synthèse d’un bilan de compétences"),
        "sections": [
            {"title": str(SECTION_TITLES[section]), "paragraphs": _paragraphs(content[section])}
            for section in SECTIONS
            if content.get(section, "").strip()
        ],
        "attachment": {
            "name": "synthese.json",
            "description": _("Le même texte, lisible par un autre service"),
        },
    }


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
