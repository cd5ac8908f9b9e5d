"""The addresses of the site with those of the upload API, for the tests of that API alone."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("competences.api.uploads")), path("", include("config.urls"))]
