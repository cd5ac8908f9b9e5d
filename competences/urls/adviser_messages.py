"""What an adviser writes to people."""

from django.urls import path

from competences.views import adviser_messages as views

urlpatterns = [
    path("conseiller/ecrire/", views.write, name="messages_write"),
    path("conseiller/messages-types/", views.templates, name="message_templates"),
    path("conseiller/messages-types/ajouter/", views.template_form, name="message_template_add"),
    path("conseiller/messages-types/<uuid:public_id>/", views.template_form, name="message_template"),
    path(
        "conseiller/messages-types/<uuid:public_id>/effacer/",
        views.template_erase,
        name="message_template_erase",
    ),
]
