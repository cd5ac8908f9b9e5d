"""Addresses of the app. References are public; the other pages ask who is there."""

from competences.urls import (
    adviser,
    appointments,
    assessments,
    attestations,
    bilans,
    career,
    cvs,
    documents,
    employer,
    evidence,
    first_use,
    flags,
    gaps,
    pictures,
    record_files,
    records,
    references,
    self_reviews,
    worker,
)

app_name = "competences"

urlpatterns = [
    *references.urlpatterns,
    *worker.urlpatterns,
    *records.urlpatterns,
    *career.urlpatterns,
    *cvs.urlpatterns,
    *flags.urlpatterns,
    *gaps.urlpatterns,
    *pictures.urlpatterns,
    *evidence.urlpatterns,
    *attestations.urlpatterns,
    *self_reviews.urlpatterns,
    *assessments.urlpatterns,
    *first_use.urlpatterns,
    *record_files.urlpatterns,
    *bilans.urlpatterns,
    *appointments.urlpatterns,
    *documents.urlpatterns,
    *adviser.urlpatterns,
    *employer.urlpatterns,
]
