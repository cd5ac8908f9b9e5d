"""Addresses of the app. References are public; the other pages ask who is there."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import PathConverter

from competences.views import (
    comparisons,
    dashboards,
    exports,
    feeds,
    records,
    references,
    remapping,
    search,
    successors,
    uploads,
)

app_name = "competences"


class IdentifierConverter(PathConverter):
    """What a producer calls a concept: a code, or a URI that has lost a slash to a proxy on its way."""

    def to_python(self, value: str) -> str:
        scheme, colon, rest = value.partition(":/")
        return f"{scheme}://{rest.lstrip('/')}" if colon and scheme in ("http", "https") else value


register_converter(IdentifierConverter, "identifier")


def upload_paths(prefix: str, name: str) -> list[URLPattern]:
    """The pages of uploads under a prefix: an employer's, or the staff's."""
    one = f"{prefix}<uuid:upload_id>/"
    return [
        path(prefix, uploads.index, name=f"{name}_index"),
        path(f"{prefix}modele.csv", uploads.template, name=f"{name}_template"),
        path(one, uploads.page, name=f"{name}_page"),
        path(f"{one}etat/", uploads.state, name=f"{name}_state"),
        path(f"{one}lignes-a-corriger.csv", uploads.errors, name=f"{name}_errors"),
        path(f"{one}corriger/", uploads.mend, name=f"{name}_mend"),
        path(f"{one}appliquer/", uploads.apply, name=f"{name}_apply"),
    ]


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
    path("mon-espace/", dashboards.worker, name="dashboard"),
    path("mon-espace/competences/", records.statements, name="statements"),
    path("mon-espace/competences/ajouter/<int:concept_id>/", records.statement_add, name="statement_add"),
    path("mon-espace/competences/<uuid:public_id>/", records.statement_level, name="statement"),
    path(
        "mon-espace/competences/<uuid:public_id>/retirer/", records.statement_remove, name="statement_remove"
    ),
    path(
        "mon-espace/competences/<uuid:public_id>/remettre/",
        records.statement_restore,
        name="statement_restore",
    ),
    path("mon-espace/remplacantes/<uuid:public_id>/accepter/", successors.accept, name="successor_accept"),
    path("mon-espace/remplacantes/<uuid:public_id>/refuser/", successors.refuse, name="successor_refuse"),
    path("mon-espace/remplacantes/<uuid:public_id>/plus-tard/", successors.later, name="successor_later"),
    path("mon-espace/remplacantes/<uuid:public_id>/annuler/", successors.undo, name="successor_undo"),
    path("mon-espace/metiers/", records.jobs, name="worker_jobs"),
    path("mon-espace/metiers/ajouter/<int:concept_id>/", records.job_add, name="worker_job_add"),
    path("mon-espace/metiers/<uuid:public_id>/terminer/", records.job_end, name="worker_job_end"),
    path(
        "mon-espace/metiers/<uuid:public_id>/confirmer/", remapping.worker_confirm, name="worker_job_confirm"
    ),
    path("mon-espace/metiers/<uuid:public_id>/annuler/", remapping.worker_undo, name="worker_job_undo"),
    path("mon-espace/bilan/", records.bilan, name="bilan"),
    path("conseiller/", dashboards.adviser, name="adviser"),
    path("conseiller/<uuid:public_id>/", dashboards.adviser_worker, name="adviser_worker"),
    path("employeur/<uuid:public_id>/", dashboards.employer, name="employer"),
    path(
        "employeur/<uuid:public_id>/metiers/ajouter/<int:concept_id>/",
        dashboards.employer_job_add,
        name="employer_job_add",
    ),
    path(
        "employeur/<uuid:public_id>/metiers/<uuid:job_id>/terminer/",
        dashboards.employer_job_end,
        name="employer_job_end",
    ),
    *upload_paths("employeur/<uuid:public_id>/referentiel/", "employer_upload"),
    path(
        "employeur/<uuid:public_id>/metiers/<uuid:job_id>/confirmer/",
        remapping.employer_confirm,
        name="employer_job_confirm",
    ),
    path(
        "employeur/<uuid:public_id>/metiers/<uuid:job_id>/remplacer/<int:concept_id>/",
        remapping.employer_replace,
        name="employer_job_replace",
    ),
    path(
        "employeur/<uuid:public_id>/metiers/<uuid:job_id>/annuler/",
        remapping.employer_undo,
        name="employer_job_undo",
    ),
    path(
        "referentiels/<slug:slug>/<slug:kind>/<identifier:external_id>/", references.concept, name="concept"
    ),
]
