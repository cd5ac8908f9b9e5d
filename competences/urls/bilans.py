"""The pages of bilans: the person's, then the adviser's."""

from django.urls import path

from competences.views import accompanied_bilans, bilans

urlpatterns = [
    path("mon-espace/bilan/", bilans.plan, name="bilan_plan"),
    path("mon-espace/bilans/", bilans.index, name="bilans"),
    path("mon-espace/bilans/souhaiter/", bilans.wish, name="bilan_wish"),
    path("mon-espace/bilans/<uuid:public_id>/", bilans.page, name="bilan"),
    path("mon-espace/bilans/<uuid:public_id>/preparer/", bilans.describe, name="bilan_describe"),
    path("mon-espace/bilans/<uuid:public_id>/accord/", bilans.consent, name="bilan_consent"),
    path(
        "mon-espace/bilans/<uuid:public_id>/accord/retirer/",
        bilans.consent_withdraw,
        name="bilan_consent_withdraw",
    ),
    path("mon-espace/bilans/<uuid:public_id>/convention/", bilans.convention, name="bilan_convention"),
    path("mon-espace/bilans/<uuid:public_id>/etape/<slug:name>/", bilans.move, name="bilan_move"),
    path("mon-espace/bilans/<uuid:public_id>/reprendre/", bilans.undo, name="bilan_undo"),
    path("conseiller/bilans/", accompanied_bilans.index, name="adviser_bilans"),
    path(
        "conseiller/<uuid:worker_id>/bilans/<uuid:public_id>/",
        accompanied_bilans.page,
        name="adviser_bilan",
    ),
    path(
        "conseiller/<uuid:worker_id>/bilans/<uuid:public_id>/etape/<slug:name>/",
        accompanied_bilans.move,
        name="adviser_bilan_move",
    ),
    path(
        "conseiller/<uuid:worker_id>/bilans/<uuid:public_id>/reprendre/",
        accompanied_bilans.undo,
        name="adviser_bilan_undo",
    ),
    path(
        "conseiller/<uuid:worker_id>/bilans/<uuid:public_id>/convention/",
        accompanied_bilans.convention,
        name="adviser_bilan_convention",
    ),
]
