"""The pages of evidence."""

from django.urls import path, re_path

from competences.views import evidence

urlpatterns = [
    path("mon-espace/preuves/", evidence.index, name="evidence"),
    re_path(
        r"^mon-espace/preuves/ajouter/(?P<kind>fichier|lien|certificat)/$", evidence.add, name="evidence_add"
    ),
    path("mon-espace/preuves/<uuid:public_id>/", evidence.page, name="evidence_page"),
    path("mon-espace/preuves/<uuid:public_id>/fichier", evidence.file, name="evidence_file"),
    path("mon-espace/preuves/<uuid:public_id>/effacer/", evidence.remove, name="evidence_remove"),
]
