"""An adviser's own pages."""

from django.urls import path

from competences.views import caseload

urlpatterns = [
    path("conseiller/", caseload.today, name="adviser"),
    path("conseiller/vu/", caseload.seen, name="caseload_seen"),
    path("conseiller/personnes/", caseload.people, name="caseload"),
    path("conseiller/personnes/filtres/garder/", caseload.filter_save, name="caseload_filter_save"),
    path(
        "conseiller/personnes/filtres/<uuid:public_id>/retirer/",
        caseload.filter_remove,
        name="caseload_filter_remove",
    ),
    path("conseiller/personnes/fichier.<slug:format>", caseload.file, name="caseload_file"),
    path("conseiller/organisme/<uuid:public_id>/", caseload.organisation, name="caseload_organisation"),
    path("conseiller/<uuid:public_id>/", caseload.person, name="adviser_worker"),
]
