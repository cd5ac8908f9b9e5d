"""The sentences of the checks of a bilan, and of what is missing in it: one a code of the rules."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.templatetags.components import in_words
from competences.rules.bilan_checks import NOT_OK, OK, TO_CHECK, Check
from competences.rules.bilan_readiness import Reason

CHECK_NAMES: Mapping[str, "str | Promise"] = {
    "consent": _("L’accord de la personne"),
    "provider": _("Le prestataire n’est pas l’employeur"),
    "length": _("La durée"),
    "waiting": _("Cinq ans entre deux bilans financés"),
    "ceiling": _("Ce que le CPF paie"),
    "convention": _("La convention"),
    "certification": _("La certification Qualiopi"),
}

ANSWERS: Mapping[str, tuple["str | Promise", str]] = {
    OK: (_("en règle"), "last"),
    NOT_OK: (_("pas en règle"), "gone"),
    TO_CHECK: (_("à vérifier par une personne"), "risk"),
}
"""The words of an answer, and the kind of its badge."""

SENTENCES: Mapping[str, "str | Promise"] = {
    "consent_given": _("L’accord est donné, avec son texte et sa date."),
    "consent_missing": _("L’accord n’est pas encore donné : personne ne peut commencer ce bilan sans lui."),
    "provider_unknown": _("Le prestataire n’est pas encore choisi."),
    "provider_apart": _("Le prestataire et l’employeur n’ont pas le même nom."),
    "provider_is_employer": _("%(employer)s est aussi l’employeur : un employeur ne fait pas le bilan."),
    "provider_like_employer": _(
        "Le nom du prestataire ressemble à « %(employer)s ». Si c’est le même organisme, le bilan doit"
        " être fait par un autre, ou par un service séparé."
    ),
    "adviser_of_employer": _(
        "Qui accompagne ce bilan travaille aussi pour l’employeur de la personne. Le bilan doit être fait"
        " par un autre organisme, ou par un service séparé."
    ),
    "employer_unknown": _("Aucun employeur n’est noté : la comparaison n’est pas faite."),
    "long_enough": _("Au moins %(least)s heures d’accompagnement ont eu lieu."),
    "hours_to_come": _(
        "Il manque %(lacking)s d’accompagnement pour les %(least)s heures ; %(planned)s sont prévues."
    ),
    "too_short": _("Le bilan a fini avec %(lacking)s de moins que les %(least)s heures d’accompagnement."),
    "too_long": _("Le bilan dépasse %(most)s heures."),
    "no_least_length": _("Aucune durée minimale ne s’applique à ce bilan."),
    "no_waiting": _("Cette règle vaut pour un bilan payé par un financeur public ou mutualisé."),
    "waited_enough": _("Pas de bilan financé dans les %(years)s ans avant la demande."),
    "too_early": _(
        "Un bilan financé compte au %(last)s : le prochain peut être demandé à partir du %(free_on)s."
    ),
    "perhaps_too_early": _(
        "Un bilan est noté au %(last)s. S’il était payé par un financeur, le prochain peut être demandé"
        " à partir du %(free_on)s."
    ),
    "no_ceiling": _("Ce bilan n’est pas payé par le CPF : son plafond ne s’applique pas."),
    "price_unknown": _("Le prix n’est pas noté. Le CPF paie %(most)s € au plus."),
    "under_ceiling": _("Le prix, %(cost)s €, ne dépasse pas ce que le CPF peut payer : %(most)s €."),
    "above_ceiling": _(
        "Le CPF paie %(most)s € au plus sur un prix de %(cost)s € : %(rest)s € restent à payer, par la"
        " personne ou par un autre financeur."
    ),
    "no_convention": _("Ce bilan n’a pas besoin de convention avec un employeur."),
    "convention_signed": _("La convention est signée."),
    "convention_refused": _("La convention est refusée. Ce n’est pas une faute."),
    "convention_not_sent": _("Une convention à trois (personne, employeur, prestataire) est à signer avant."),
    "convention_waiting": _(
        "La convention attend la réponse de la personne jusqu’au %(last)s. Sans réponse, c’est un refus. Nous"
        " comptons tous les jours du calendrier : le texte ne précise pas lesquels."
    ),
    "convention_silence": _(
        "La convention attendait la réponse de la personne jusqu’au %(last)s : sans réponse, c’est un refus."
    ),
    "certified": _("Le prestataire est certifié."),
    "no_certification": _("Ce financeur ne demande pas de certification."),
    "certification_unknown": _(
        "La certification Qualiopi du prestataire est à vérifier : ce financeur la demande."
    ),
    "not_certified": _("Ce financeur ne paie qu’un prestataire certifié Qualiopi."),
    "not_certified_for_pooled": _(
        "Le prestataire n’est pas certifié Qualiopi : l’argent d’un OPCO ne pourra pas payer ce bilan."
    ),
    "no_need": _("Ce qui est attendu de ce bilan n’est pas encore dit."),
    "no_provider": _("Qui accompagne ce bilan n’est pas encore choisi."),
    "no_funder": _("Qui paie ce bilan n’est pas encore dit."),
    "no_interview_yet": _("Aucun rendez-vous d’accompagnement n’est noté comme fait."),
    "too_short_to_close": _(
        "Il manque %(lacking)s d’accompagnement pour les %(least)s heures prévues par la loi. Le financeur"
        " peut refuser de payer ; le bilan peut finir quand même."
    ),
}


def check_words(check: Check) -> str:
    """The sentence of a check."""
    return str(SENTENCES[check.code]) % _told(check.values)


def reason_words(reason: Reason) -> str:
    """The sentence of something missing."""
    if reason.code == "appointments_to_come":
        number = reason.values["number"]
        words = ngettext(
            "%(number)s rendez-vous est encore prévu.",
            "%(number)s rendez-vous sont encore prévus.",
            int(str(number)),
        )
        return words % {"number": number}
    return str(SENTENCES[reason.code]) % _told(reason.values)


def duration_words(minutes: int) -> str:
    """A length: "45 min", "2 h", "2 h 30"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return gettext("%(hours)s h") % {"hours": hours}
    return gettext("%(hours)s h %(minutes)s") % {"hours": hours, "minutes": f"{rest:02}"}


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Days in words, minutes as a length, euros with their cents where there are some."""
    told: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, date):
            told[name] = in_words(value)
        elif isinstance(value, Decimal):
            told[name] = number_format(
                value.normalize(), 0 if value == int(value) else 2, force_grouping=True
            )
        elif name in ("lacking", "planned"):
            told[name] = duration_words(value)
        else:
            told[name] = value
    return told
