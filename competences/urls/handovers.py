"""Handovers between advisers."""

from django.urls import path

from competences.views import handovers

urlpatterns = [
    path("conseiller/relais/", handovers.handovers, name="handovers"),
    path("conseiller/relais/nouveau/", handovers.handover_new, name="handover_new"),
    path("conseiller/relais/<uuid:public_id>/", handovers.handover, name="handover"),
    path(
        "conseiller/relais/<uuid:public_id>/retirer/", handovers.handover_withdraw, name="handover_withdraw"
    ),
    path("conseiller/relais/dossiers/<uuid:public_id>/", handovers.former_person, name="former_person"),
]
