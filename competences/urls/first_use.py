"""The first steps of a person."""

from django.urls import path

from competences.views import first_use

urlpatterns = [
    path("mon-espace/bienvenue/", first_use.arrive, name="arrive"),
    path("mon-espace/premiers-pas/", first_use.job, name="first_use"),
    path("mon-espace/premiers-pas/propositions/", first_use.suggest, name="first_use_suggest"),
    path("mon-espace/premiers-pas/envie/", first_use.aim, name="first_use_aim"),
    path("mon-espace/premiers-pas/outils/", first_use.ease, name="first_use_ease"),
    path("mon-espace/premiers-pas/competences/", first_use.skills, name="first_use_skills"),
    path("mon-espace/premiers-pas/plus-tard/", first_use.leave, name="first_use_leave"),
]
