"""A person's record in pictures."""

from django.urls import path

from competences.views import pictures

urlpatterns = [path("mon-espace/competences/images/", pictures.page, name="pictures")]
