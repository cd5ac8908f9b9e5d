"""The sentences of consent, by version. A mandate keeps the version that was on the screen.

A text that was shown is never edited: write a new version beside it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MANDATE_TEXTS: dict[str, Promise] = {
    "1": _(
        "J’autorise cette personne à consulter mon dossier, pour les seuls buts que j’ai cochés et jusqu’à "
        "la date indiquée. Je peux retirer cet accord à tout moment, sans donner de raison. Il cesse aussi "
        "quand la personne quitte son organisme. Chaque consultation m’est montrée."
    ),
    "handover-1": _(
        "J’accepte que cette personne prenne le relais de la précédente, dans le même organisme, pour ce but "
        "et jusqu’à la même date. Les notes personnelles de la personne précédente ne lui sont pas "
        "transmises. Je peux retirer cet accord à tout moment, sans donner de raison."
    ),
    "handover-silence-1": _(
        "Sans réponse de ma part dans le délai qui m’a été donné, cette personne a pris le relais de la "
        "précédente, dans le même organisme, pour ce but et jusqu’à la même date. Je peux annuler pendant "
        "24 heures, et retirer cet accord à tout moment, sans donner de raison."
    ),
    "handover-undone-1": _(
        "J’annule ce relais : la personne précédente retrouve l’accès qu’elle avait, pour ce but et jusqu’à "
        "la même date. Je peux retirer cet accord à tout moment, sans donner de raison."
    ),
}

CURRENT_VERSION = "1"
