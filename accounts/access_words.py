"""The parts of a file in a person's words, for the page that says who opened what."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rules.access_table import Thing

THING_WORDS: Mapping[str, Promise] = {
    Thing.RECORD: _("Mes compétences et mes métiers"),
    Thing.FLAGS: _("Mes compétences touchées par un changement"),
    Thing.WANTED_JOBS: _("Mes métiers visés"),
    Thing.VIEWS: _("Mes compétences, les avis des autres et mes preuves"),
    Thing.CAREER: _("Mon parcours"),
    Thing.EVIDENCE_FILE: _("Le fichier d’une preuve"),
    Thing.REVIEW_REQUEST: _("Ma demande d’avis"),
    Thing.BILAN: _("Mon bilan de compétences"),
    Thing.APPOINTMENT: _("Les rendez-vous de mon bilan"),
    Thing.SELF_ASSESSMENT: _("Mon auto-évaluation"),
    Thing.DOCUMENT: _("Un document de mon bilan"),
    Thing.SHARED_ITEMS: _("Ce que j’ai partagé"),
    Thing.SHARED_NOTE: _("Les notes partagées"),
    Thing.PRIVATE_NOTE: _("Les notes que la personne garde pour elle"),
    Thing.MESSAGE: _("Les messages"),
    Thing.HANDOVER: _("Le relais vers une autre personne"),
    Thing.CONSENTS: _("Mes consentements"),
    Thing.ACCESS_LOG: _("Les consultations de mon dossier"),
}
