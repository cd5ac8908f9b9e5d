"""A person's path."""

from django.urls import path

from competences.views import career

urlpatterns = [
    path("mon-espace/parcours/", career.index, name="career"),
    path("mon-espace/parcours/ajouter/", career.add, name="career_add"),
    path("mon-espace/parcours/<uuid:public_id>/", career.edit, name="career_period"),
    path("mon-espace/parcours/<uuid:public_id>/retirer/", career.remove, name="career_remove"),
    path("mon-espace/parcours/<uuid:public_id>/remettre/", career.restore, name="career_restore"),
]
