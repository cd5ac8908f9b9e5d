"""What a person takes away from their record and brings to it."""

from django.urls import path

from competences.views import record_files

urlpatterns = [
    path("schemas/record/<int:version>", record_files.schema, name="record_schema"),
    path("mon-espace/fichiers/", record_files.index, name="record_files"),
    path("mon-espace/fichiers/emporter/<slug:what>.<slug:format>", record_files.take, name="record_file"),
]
