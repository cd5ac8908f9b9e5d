"""Pages of the account that are ours; signing in and passwords are django-allauth's."""

from django.urls import path

from accounts.views import consents, file_access, mandate_requests, messages, profile, sent_messages

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
    path("messages-envoyes/", sent_messages.sent_messages, name="sent_messages"),
    path("messages-envoyes/<str:name>/", sent_messages.sent_message, name="sent_message"),
    path("messages-envoyes/<str:name>/html/", sent_messages.sent_message_html, name="sent_message_html"),
]
