"""The jobs a person wants, against their record."""

from django.urls import path

from competences.views import gaps

urlpatterns = [
    path("mon-espace/metiers/vises/", gaps.index, name="wanted_jobs"),
    path("mon-espace/metiers/<uuid:public_id>/", gaps.page, name="wanted_job"),
]
