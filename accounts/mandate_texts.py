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
    )
}

CURRENT_VERSION = "1"
