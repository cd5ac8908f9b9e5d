"""Administration pages: what they write goes through services, and people's files are not there."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.enums import NotificationState
from accounts.models import Membership, Notification, Organisation, User
from tests.accounts.factories import (
    TODAY,
    MembershipFactory,
    NotificationFactory,
    OrganisationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    """A signed-in member of the staff."""
    user = UserFactory(staff=True)
    client.force_login(user)
    return user


def _url(name, *args):
    return reverse(f"admin:accounts_{name}", args=args)


def test_the_staff_signs_in_like_everybody(client):
    index = reverse("admin:index")
    assert client.get(index).url.startswith(reverse("admin:login"))
    assert (
        client.get(reverse("admin:login"), follow=True)
        .redirect_chain[-1][0]
        .startswith(reverse("account_login"))
    )
    client.force_login(UserFactory())
    assert client.get(index).status_code == 302


def test_files_mandates_and_openings_are_not_there():
    models = {model.__name__ for model in admin.site._registry if model._meta.app_label == "accounts"}
    assert models == {"User", "Organisation", "Membership", "Notification"}


@pytest.mark.parametrize("model", ["user", "organisation", "membership", "notification"])
def test_lists_open(client, staff, model):
    MembershipFactory()
    NotificationFactory()
    assert client.get(_url(f"{model}_changelist"), {"q": "a"}).status_code == 200


def test_an_organisation_is_created_and_renamed_and_keeps_its_kind(client, staff):
    client.post(_url("organisation_add"), {"name": " Cap  Métiers ", "kind": "adviser_body"})
    body = Organisation.objects.get()
    assert (body.name, body.kind) == ("Cap Métiers", "adviser_body")
    client.post(_url("organisation_change", body.pk), {"name": "Cap", "kind": "employer"})
    body.refresh_from_db()
    assert (body.name, body.kind) == ("Cap", "adviser_body")


def _membership(user, organisation, **fields):
    values = {"role": "adviser", "start_on": TODAY.strftime("%d/%m/%Y"), "end_on": ""}
    return {"user": user.pk, "organisation": organisation.pk, **values, **fields}


def test_a_membership_is_started_then_ended(client, staff):
    user, body = UserFactory(), OrganisationFactory()
    assert client.post(_url("membership_add"), _membership(user, body)).status_code == 302
    membership = Membership.objects.get()
    assert (membership.user, membership.start_on, membership.end_on) == (user, TODAY, None)
    client.post(_url("membership_change", membership.pk), {"end_on": "31/12/2026"})
    membership.refresh_from_db()
    assert str(membership.end_on) == "2026-12-31"


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"end_on": "31/12/2026"}, "start_on"), ({"role": "employer_member"}, "role")],
)
def test_what_only_the_service_sees_is_said_beside_the_field_and_kept(client, staff, fields, field):
    existing = MembershipFactory()
    data = _membership(existing.user, existing.organisation, **fields)
    page = client.post(_url("membership_add"), data)
    assert page.status_code == 200
    assert field in page.context["adminform"].form.errors
    assert data["start_on"] in page.content.decode()
    assert Membership.objects.count() == 1


def test_nothing_is_deleted_by_hand(client, staff):
    membership = MembershipFactory()
    assert client.post(_url("membership_delete", membership.pk), {"post": "yes"}).status_code == 403
    assert Membership.objects.exists()


def test_an_account_is_opened_closed_and_otherwise_only_looked_at(client, staff):
    client.post(_url("user_add"), {"email": "Nadia@exemple.fr", "name": "Nadia", "language": "fr"})
    user = User.objects.get(email="nadia@exemple.fr")
    assert user.worker.pk
    assert Notification.objects.get().kind == "email_confirmation"
    data = {"email": "autre@exemple.fr", "is_staff": "on", "is_superuser": "on"}
    client.post(_url("user_change", user.pk), data)
    user.refresh_from_db()
    assert (user.is_active, user.email, user.is_staff, user.is_superuser) == (
        False,
        "nadia@exemple.fr",
        False,
        False,
    )


def test_ones_own_account_is_not_closed(client, staff):
    page = client.post(_url("user_change", staff.pk), {})
    assert "propre compte" in page.content.decode()
    staff.refresh_from_db()
    assert staff.is_active


def test_the_outbox_is_looked_at_and_stuck_rows_are_sent_again(client, staff):
    rows = [NotificationFactory(**{state: True}) for state in ("failed", "uncertain", "sent")]
    assert client.get(_url("notification_change", rows[0].pk)).status_code == 200
    assert client.post(_url("notification_change", rows[0].pk), {"state": "sent"}).status_code == 403
    assert client.get(_url("notification_add")).status_code == 403
    selected = {"action": "send_again", "_selected_action": [row.pk for row in rows]}
    page = client.post(_url("notification_changelist"), selected, follow=True)
    assert "remis en attente : 2" in page.content.decode()
    states = list(Notification.objects.order_by("pk").values_list("state", flat=True))
    assert states == [NotificationState.WAITING, NotificationState.WAITING, NotificationState.SENT]
