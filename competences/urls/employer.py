"""The pages of an employer's members."""

from django.urls import path

from competences.urls.uploads import upload_paths
from competences.views import dashboards, remapping

urlpatterns = [
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
]
