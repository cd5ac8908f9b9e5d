"""A worker's own pages."""

from django.urls import path

from competences.views import dashboards, jobs, remapping, successors

urlpatterns = [
    path("mon-espace/", dashboards.worker, name="dashboard"),
    path("mon-espace/remplacantes/<uuid:public_id>/accepter/", successors.accept, name="successor_accept"),
    path("mon-espace/remplacantes/<uuid:public_id>/refuser/", successors.refuse, name="successor_refuse"),
    path("mon-espace/remplacantes/<uuid:public_id>/plus-tard/", successors.later, name="successor_later"),
    path("mon-espace/remplacantes/<uuid:public_id>/annuler/", successors.undo, name="successor_undo"),
    path("mon-espace/metiers/", jobs.jobs, name="worker_jobs"),
    path("mon-espace/metiers/ajouter/<int:concept_id>/", jobs.job_add, name="worker_job_add"),
    path("mon-espace/metiers/<uuid:public_id>/terminer/", jobs.job_end, name="worker_job_end"),
    path(
        "mon-espace/metiers/<uuid:public_id>/confirmer/", remapping.worker_confirm, name="worker_job_confirm"
    ),
    path("mon-espace/metiers/<uuid:public_id>/annuler/", remapping.worker_undo, name="worker_job_undo"),
]
