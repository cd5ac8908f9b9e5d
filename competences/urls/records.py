"""A person's skills: the list, one of them, and the ways to add some."""

from django.urls import path

import competences.urls.converters  # noqa: F401 - the kinds of parts that addresses name
from competences.views import additions, records

ROOT = "mon-espace/competences/"

urlpatterns = [
    path(ROOT, records.statements, name="statements"),
    path(f"{ROOT}propositions/", additions.suggest, name="skill_suggest"),
    path(f"{ROOT}ajouter/<int:concept_id>/", additions.add, name="statement_add"),
    path(f"{ROOT}ajouter/avec-mes-mots/", additions.add_own_words, name="statement_add_free"),
    path(f"{ROOT}ajouter/annuler/", additions.undo, name="batch_undo"),
    path(f"{ROOT}metier/<slug:slug>/<identifier:code>/", additions.from_job, name="job_ticks"),
    path(f"{ROOT}<uuid:public_id>/", records.statement, name="statement"),
    path(f"{ROOT}<uuid:public_id>/confirmer/", records.confirm, name="statement_confirm"),
    path(f"{ROOT}<uuid:public_id>/ranger/<int:concept_id>/", records.attach, name="statement_attach"),
    path(f"{ROOT}<uuid:public_id>/retirer/", records.remove, name="statement_remove"),
    path(f"{ROOT}<uuid:public_id>/remettre/", records.restore, name="statement_restore"),
]
