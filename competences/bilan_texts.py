"""The sentences of consent of bilans, by version. A bilan keeps the one that was on the screen.

A text that was shown is never edited: write a new version beside it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BILAN_TEXTS: dict[str, Promise] = {
    "1": _(
        "Je veux faire ce bilan de compétences, de mon plein gré. Je sais que le refuser ou l’arrêter n’est"
        " pas une faute, et que je n’ai pas à dire pourquoi. Les résultats sont pour moi : personne d’autre"
        " ne les reçoit sans mon accord."
    )
}

CURRENT_VERSION = "1"
