"""A person's own pages about who accompanies them."""

from django.urls import path

from competences.views import accompaniment, handovers

urlpatterns = [
    path("mon-espace/accompagnement/", accompaniment.accompaniment, name="accompaniment"),
    path(
        "mon-espace/accompagnement/messages/<uuid:public_id>/arreter/",
        accompaniment.mute,
        {"muted": True},
        name="adviser_mute",
    ),
    path(
        "mon-espace/accompagnement/messages/<uuid:public_id>/reprendre/",
        accompaniment.mute,
        {"muted": False},
        name="adviser_unmute",
    ),
    path(
        "mon-espace/accompagnement/relais/<uuid:public_id>/",
        handovers.handover_answer,
        name="handover_answer",
    ),
    *[
        path(
            f"mon-espace/accompagnement/relais/buts/<uuid:public_id>/{act}/",
            handovers.part_act,
            {"act": act},
            name=f"handover_part_{name}",
        )
        for act, name in (("annuler", "undo"), ("revenir", "reopen"), ("fermer", "close"))
    ],
]
