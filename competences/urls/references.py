"""Job references, for everybody."""

from django.urls import path

import competences.urls.converters  # noqa: F401 - the kinds of parts that addresses name
from competences.urls.uploads import upload_paths
from competences.views import comparisons, exports, feeds, references, search

urlpatterns = [
    path("", references.home, name="home"),
    path("recherche/", search.search_page, name="search"),
    path("recherche/propositions/", search.suggest, name="suggest"),
    path("referentiels/", references.references, name="references"),
    *upload_paths("referentiels/importer/", "staff_upload"),
    path("referentiels/<slug:slug>/flux.<slug:format>", feeds.reference, name="reference_feed"),
    path("referentiels/<slug:slug>/metiers/<identifier:code>/flux.<slug:format>", feeds.job, name="job_feed"),
    path(
        "referentiels/<slug:slug>/metiers/<identifier:code>/competences.<slug:format>",
        exports.job_skills,
        name="job_skills_file",
    ),
    path(
        "referentiels/<slug:slug>/editions/<str:number>/changements.<slug:format>",
        exports.changes,
        name="changes_file",
    ),
    path("recherche/reponses.<slug:format>", exports.search, name="search_file"),
    path("fichiers/<uuid:public_id>/", exports.waiting, name="export"),
    path("fichiers/<uuid:public_id>/avancement/", exports.progress, name="export_progress"),
    path("fichiers/<uuid:public_id>/fichier", exports.fetch, name="export_file"),
    path(
        "referentiels/<slug:slug>/metiers/<identifier:code>/comparer/",
        comparisons.comparison,
        name="job_comparison",
    ),
    path(
        "referentiels/<slug:slug>/metiers/<identifier:code>/proches/",
        comparisons.neighbours,
        name="job_neighbours",
    ),
    path("referentiels/<slug:slug>/metiers/<identifier:code>/", references.job, name="job"),
    path("referentiels/<slug:slug>/editions/<str:number>/changements/", references.changes, name="changes"),
    path(
        "referentiels/<slug:slug>/<slug:kind>/<identifier:external_id>/", references.concept, name="concept"
    ),
]
