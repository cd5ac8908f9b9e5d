"""The pages of review requests: the worker's, then the reader's."""

from django.urls import path

from competences.views import attestations, reviews

urlpatterns = [
    path("mon-espace/preuves/avis/demander/", reviews.ask, name="review_ask"),
    path("mon-espace/preuves/avis/<uuid:public_id>/", reviews.request_page, name="review_request"),
    path("mon-espace/preuves/avis/<uuid:public_id>/retirer/", reviews.withdraw, name="review_withdraw"),
    path("mon-espace/preuves/avis/<uuid:public_id>/fermer/", reviews.close, name="review_close"),
    path(
        "mon-espace/preuves/avis-recus/<uuid:public_id>/masquer/",
        reviews.hide,
        {"hidden": True},
        name="attestation_hide",
    ),
    path(
        "mon-espace/preuves/avis-recus/<uuid:public_id>/montrer/",
        reviews.hide,
        {"hidden": False},
        name="attestation_show",
    ),
    path("avis/", attestations.index, name="reviews"),
    path("avis/<uuid:public_id>/", attestations.page, name="review"),
    path("avis/<uuid:public_id>/commencer/", attestations.take, name="review_take"),
    path("avis/<uuid:public_id>/decliner/", attestations.decline, name="review_decline"),
    path("avis/<uuid:public_id>/preuves/<uuid:evidence_id>/fichier", attestations.file, name="review_file"),
    path("avis/reprendre/<uuid:public_id>/", attestations.withdraw, name="attestation_withdraw"),
]
