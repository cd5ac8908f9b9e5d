"""What a person takes away from their record and brings to it."""

from django.urls import path

from competences.views import record_files, record_imports

ONE = "mon-espace/fichiers/<uuid:public_id>/"

urlpatterns = [
    path("schemas/record/<int:version>", record_files.schema, name="record_schema"),
    path("mon-espace/fichiers/", record_files.index, name="record_files"),
    path("mon-espace/fichiers/emporter/<slug:what>.<slug:format>", record_files.take, name="record_file"),
    path("mon-espace/fichiers/modele.<slug:format>", record_files.template, name="record_template"),
    path(ONE, record_imports.page, name="record_import"),
    path(f"{ONE}etat/", record_imports.state, name="record_import_state"),
    path(f"{ONE}repondre/", record_imports.answer, name="record_import_answer"),
    path(f"{ONE}annuler/", record_imports.undo, name="record_import_undo"),
    path(f"{ONE}abandonner/", record_imports.leave, name="record_import_leave"),
    path(f"{ONE}remettre/", record_imports.restore, name="record_import_restore"),
]
