"""The sentences of consent of shares, by version. A share keeps the version that was on the screen.

A text that was shown is never edited: write a new version beside it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHARE_TEXTS: dict[str, Promise] = {
    "1": _(
        "J’accepte que cette personne ou cette organisation voie les éléments que j’ai cochés, tels que"
        " l’aperçu les montre, et rien d’autre, jusqu’à la date choisie. Si je change un de ces éléments,"
        " elle voit ce qu’il est devenu ; si je l’efface, elle ne le voit plus. Je peux fermer ce partage"
        " à tout moment, sans donner de raison. Chaque consultation m’est montrée."
    )
}

CURRENT_VERSION = "1"
