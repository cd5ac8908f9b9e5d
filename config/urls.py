"""Every address of the site, app by app."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from accounts.views.style import style

urlpatterns = [
    *([path("", include("competences.urls"))] if find_spec("competences.urls") else []),
    path("compte/", include("allauth.account.urls")),
    *([path("compte/", include("accounts.urls"))] if find_spec("accounts.urls") else []),
    path("i18n/", include("django.conf.urls.i18n")),
    path("gestion/", admin.site.urls),
    path(
        "accessibilite/",
        TemplateView.as_view(template_name="pages/accessibility.html"),
        name="accessibility",
    ),
    path("mes-donnees/", TemplateView.as_view(template_name="pages/my_data.html"), name="my_data"),
    *([path("style/", style, name="style")] if settings.DEBUG else []),
]
