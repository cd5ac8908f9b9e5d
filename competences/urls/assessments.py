"""A person's self-assessments."""

from django.urls import path

from competences.views import assessments

one = "mon-espace/auto-evaluation/<uuid:public_id>/"

urlpatterns = [
    path("mon-espace/auto-evaluation/", assessments.index, name="assessments"),
    path("mon-espace/auto-evaluation/commencer/", assessments.start, name="assessment_start"),
    path(one, assessments.ask, name="assessment"),
    path(f"{one}terminer/", assessments.end, name="assessment_end"),
    path(f"{one}resultats/", assessments.results, name="assessment_results"),
    path(f"{one}retenir/", assessments.accept, name="assessment_accept"),
    path(f"{one}effacer/", assessments.erase, name="assessment_erase"),
]
