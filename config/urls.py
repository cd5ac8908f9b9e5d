"""Every address of the site, app by app."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    *([path("", include("competences.urls"))] if find_spec("competences.urls") else []),
    path("compte/", include("allauth.account.urls")),
    *([path("compte/", include("accounts.urls"))] if find_spec("accounts.urls") else []),
    path("i18n/", include("django.conf.urls.i18n")),
    path("gestion/", admin.site.urls),
]
