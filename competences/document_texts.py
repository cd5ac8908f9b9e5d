"""The sentences of the documents of a bilan: the parts of a synthesis, and what a person agrees to.

A text of agreement that was shown is never edited: write a new version beside it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from competences.enums import KeptReason

SECTION_TITLES: dict[str, Promise] = {
    "circumstances": _("Les circonstances du bilan"),
    "skills": _("Vos compétences et vos aptitudes"),
    "project": _("Votre projet professionnel"),
    "training": _("Votre projet de formation"),
    "conditions": _("Les conditions et les moyens"),
    "steps": _("Les étapes prévues"),
}

SECTION_HELPS: dict[str, Promise] = {
    "circumstances": _("Pourquoi ce bilan, à quel moment, comment il s’est passé."),
    "skills": _("Ce que la personne sait faire et aime faire, au regard de ce qu’elle envisage."),
    "project": _("Le projet retenu, et les autres pistes s’il y en a."),
    "training": _("Les formations utiles au projet. Laissez vide s’il n’en faut pas."),
    "conditions": _("Ce qui aide le projet, ce qui le freine, ce qu’il demande."),
    "steps": _("Qui fait quoi, et pour quand. Un entretien de suivi peut être prévu ici."),
}

AGREEMENTS: dict[str, dict[str, Promise]] = {
    "1": {
        KeptReason.CEP: _(
            "Je demande que ma synthèse soit gardée trois ans après la fin de mon bilan, pour la remettre à"
            " mon conseiller ou ma conseillère en évolution professionnelle. Personne d’autre que moi ne"
            " l’ouvre sans un partage que je donne. Je peux la faire détruire à tout moment."
        ),
        KeptReason.FOLLOW_UP: _(
            "J’accepte par écrit que ce document soit gardé trois ans après la fin de mon bilan, parce que"
            " mon suivi en a besoin. Personne d’autre que moi ne l’ouvre sans mon accord. Je peux retirer cet"
            " accord à tout moment : le document est alors détruit comme les autres."
        ),
    }
}

CURRENT_VERSION = "1"
