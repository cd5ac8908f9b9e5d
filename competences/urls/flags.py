"""What the reference left behind, explained."""

from django.urls import path

from competences.views import flags

urlpatterns = [
    path("mon-espace/signaux/", flags.index, name="flags"),
    path("mon-espace/signaux/<uuid:public_id>/", flags.page, name="flag"),
    path("mon-espace/signaux/<uuid:public_id>/masquer/", flags.hide, name="flag_hide"),
    path("mon-espace/signaux/<uuid:public_id>/afficher/", flags.show, name="flag_show"),
    path("mon-espace/signaux/<uuid:public_id>/ne-plus-contester/", flags.withdraw, name="flag_withdraw"),
    path("conseiller/signaux-contestes/", flags.contested, name="contested_flags"),
]
