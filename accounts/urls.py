"""Pages of the account that are ours; signing in and passwords are django-allauth's."""

from django.urls import path

from accounts.views import (
    consents,
    erasure,
    file_access,
    mandate_requests,
    messages,
    profile,
    sent_messages,
    shared,
    shares,
)

app_name = "accounts"

urlpatterns = [
    path("compte/profil/", profile.profile, name="profile"),
    path("compte/messages/", messages.messages, name="messages"),
    path("compte/messages/lus/", messages.read_all, name="messages_read"),
    path("compte/messages/<uuid:public_id>/lu/", messages.read, name="message_read"),
    path("compte/acces/", file_access.access, name="access"),
    path("compte/acces/donner/", file_access.grant, name="grant"),
    path("compte/acces/<uuid:public_id>/retirer/", file_access.withdraw, name="withdraw"),
    path("compte/acces/consultations.csv", file_access.openings_csv, name="openings_csv"),
    path("compte/acces/demandes/<uuid:public_id>/", mandate_requests.page, name="mandate_request"),
    path(
        "compte/acces/demandes/<uuid:public_id>/non/",
        mandate_requests.decline,
        name="mandate_request_decline",
    ),
    path("compte/consentements/", consents.consents, name="consents"),
    path("compte/consentements.<str:format>", consents.download, name="consents_file"),
    path("demandes-d-acces/", mandate_requests.index, name="mandate_requests"),
    path("demandes-d-acces/nouvelle/", mandate_requests.ask, name="mandate_request_ask"),
    path(
        "demandes-d-acces/<uuid:public_id>/reprendre/",
        mandate_requests.take_back,
        name="mandate_request_take_back",
    ),
    path("compte/effacer/", erasure.erase, name="erase"),
    path("compte/effacer/garder/", erasure.keep, name="erase_cancel"),
    path("compte/partages/", shares.index, name="shares"),
    path("compte/partages/nouveau/", shares.new, name="share_new"),
    path("compte/partages/fichiers/<slug:kind>/<uuid:public_id>/fichier", shares.file, name="share_file"),
    path("compte/partages/<uuid:public_id>/", shares.one, name="share"),
    path("compte/partages/<uuid:public_id>/fermer/", shares.close, name="share_close"),
    path("compte/partages/<uuid:public_id>/prolonger/", shares.extend, name="share_extend"),
    path("partage/<str:key>/", shared.gate, name="share_link"),
    path("partage/<str:key>/recevoir/", shared.ask, name="share_ask"),
    path("partage/<str:key>/code/", shared.code, name="share_code"),
    path("partage/<str:key>/lire/", shared.read, name="share_read"),
    path(
        "partage/<str:key>/lire/<slug:kind>/<uuid:public_id>/fichier",
        shared.read_file,
        name="share_read_file",
    ),
    path("partages/", shared.index, name="shared_index"),
    path("partages/<uuid:public_id>/", shared.one, name="shared"),
    path("partages/<uuid:public_id>/<slug:kind>/<uuid:item_id>/fichier", shared.file, name="shared_file"),
    path("messages-envoyes/", sent_messages.sent_messages, name="sent_messages"),
    path("messages-envoyes/<str:name>/", sent_messages.sent_message, name="sent_message"),
    path("messages-envoyes/<str:name>/html/", sent_messages.sent_message_html, name="sent_message_html"),
]
