"""The adviser's pages."""

from django.urls import path

from competences.views import dashboards

urlpatterns = [
    path("conseiller/", dashboards.adviser, name="adviser"),
    path("conseiller/<uuid:public_id>/", dashboards.adviser_worker, name="adviser_worker"),
]
