"""The pages of appointments: the person's, and the same for the adviser under the file of the person."""

from django.urls import path

from competences.views import appointments

OWN, GIVEN = "mon-espace/rendez-vous/", "conseiller/<uuid:worker_id>/rendez-vous/"

urlpatterns = [
    path(OWN, appointments.index, name="appointments"),
    *(
        pattern
        for root, prefix in ((OWN, ""), (GIVEN, "adviser_"))
        for pattern in (
            path(f"{root}prevoir/", appointments.add, name=f"{prefix}appointment_add"),
            path(f"{root}<uuid:public_id>/", appointments.page, name=f"{prefix}appointment"),
            path(f"{root}<uuid:public_id>/deplacer/", appointments.edit, name=f"{prefix}appointment_edit"),
            path(
                f"{root}<uuid:public_id>/rendez-vous.ics",
                appointments.calendar,
                name=f"{prefix}appointment_calendar",
            ),
            path(
                f"{root}<uuid:public_id>/dire/<slug:name>/",
                appointments.act,
                name=f"{prefix}appointment_action",
            ),
        )
    ),
]
