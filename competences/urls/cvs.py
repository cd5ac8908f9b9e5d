"""A person's CVs."""

from django.urls import path

from competences.views import cvs

urlpatterns = [
    path("mon-espace/cv/", cvs.index, name="cvs"),
    path("mon-espace/cv/ajouter/", cvs.add, name="cv_add"),
    path("mon-espace/cv/<uuid:public_id>/", cvs.edit, name="cv"),
    path("mon-espace/cv/<uuid:public_id>/cv.pdf", cvs.pdf, name="cv_pdf"),
    path("mon-espace/cv/<uuid:public_id>/resume.json", cvs.resume, name="cv_resume"),
    path("mon-espace/cv/<uuid:public_id>/copier/", cvs.copy, name="cv_copy"),
    path("mon-espace/cv/<uuid:public_id>/retirer/", cvs.remove, name="cv_remove"),
    path("mon-espace/cv/<uuid:public_id>/remettre/", cvs.restore, name="cv_restore"),
]
