"""Notes of advisers about people."""

from django.urls import path

from competences.views import notes

urlpatterns = [
    path("conseiller/<uuid:public_id>/notes/ajouter/", notes.note_add, name="note_add"),
    path("conseiller/notes/<uuid:public_id>/", notes.note, name="note"),
    path("conseiller/notes/<uuid:public_id>/effacer/", notes.note_erase, name="note_erase"),
]
