"""Addresses of the app. References are public; the other pages ask who is there."""

from django.urls import path

from competences.views import references

app_name = "competences"

urlpatterns = [
    path("", references.home, name="home"),
    path("recherche/", references.search_page, name="search"),
    path("recherche/propositions/", references.suggest, name="suggest"),
    path("referentiels/", references.references, name="references"),
    path("referentiels/<slug:slug>/metiers/<str:code>/", references.job, name="job"),
    path("referentiels/<slug:slug>/editions/<str:number>/changements/", references.changes, name="changes"),
    path("referentiels/<slug:slug>/<slug:kind>/<path:external_id>/", references.concept, name="concept"),
]
