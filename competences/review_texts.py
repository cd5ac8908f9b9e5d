"""The sentences of consent of review requests, by version. A request keeps the one that was on the screen.

A text that was shown is never edited: write a new version beside it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REVIEW_TEXTS: dict[str, Promise] = {
    "1": _(
        "J’autorise cette personne à voir les compétences et les preuves que j’ai cochées, et rien d’autre,"
        " pour répondre à ma demande d’avis. Elle les voit jusqu’à 30 jours après sa réponse, un an au plus"
        " sans réponse, et plus du tout dès que je retire ma demande. Chaque consultation m’est montrée."
    )
}

CURRENT_VERSION = "1"
