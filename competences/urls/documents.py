"""The pages of the documents of bilans; the same for the person and for the adviser of the bilan."""

from django.urls import path

from competences.views import documents

urlpatterns = [
    path("bilans/<uuid:public_id>/documents/", documents.index, name="documents"),
    path("bilans/<uuid:public_id>/documents/ajouter/", documents.add, name="document_add"),
    path("bilans/<uuid:public_id>/synthese/", documents.synthesis, name="synthesis"),
    path("documents/<uuid:public_id>/", documents.page, name="document"),
    path("documents/<uuid:public_id>/fichier", documents.file, name="document_file"),
    path("documents/<uuid:public_id>/remettre/", documents.hand, name="document_hand"),
    path("documents/<uuid:public_id>/garder/", documents.keep, name="document_keep"),
    path("documents/<uuid:public_id>/detruire/", documents.destroy, name="document_destroy"),
]
