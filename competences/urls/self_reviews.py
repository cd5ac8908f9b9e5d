"""A person's self-review."""

from django.urls import path

from competences.views import self_reviews

one = "mon-espace/revue/<uuid:public_id>/"

urlpatterns = [
    path("mon-espace/revue/", self_reviews.ask, name="self_review"),
    path("mon-espace/revue/liste/", self_reviews.listed, name="self_review_list"),
    path("mon-espace/revue/commencer/", self_reviews.start, name="self_review_start"),
    path("mon-espace/revue/rythme/", self_reviews.rhythm, name="self_review_rhythm"),
    path("mon-espace/revue/date.ics", self_reviews.calendar, name="self_review_calendar"),
    path(one, self_reviews.done, name="self_review_done"),
    path(f"{one}repondre/<uuid:statement_id>/", self_reviews.answer, name="self_review_answer"),
    path(f"{one}confirmer/", self_reviews.confirm, name="self_review_confirm"),
    path(f"{one}annuler/", self_reviews.undo, name="self_review_undo"),
    path(f"{one}terminer/", self_reviews.finish, name="self_review_finish"),
]
