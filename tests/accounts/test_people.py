"""Accounts: each comes with its worker's record; the person's own choices; the staff's."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from accounts.access import SYSTEM
from accounts.enums import Category, Language
from accounts.errors import NotFound, Refused
from accounts.models import Notification, NotificationPreference, User, Worker
from accounts.queries.preferences import switched_off_by
from accounts.services.people import create_user, set_active, set_preferences, update_profile
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def test_every_account_comes_with_a_workers_record():
    user = User.objects.create_user("Nadia@Exemple.FR ", PASSWORD)
    assert user.email == "nadia@exemple.fr"
    assert user.worker.public_id != user.public_id
    user.save()
    assert Worker.objects.filter(user=user).count() == 1


def test_an_account_that_cannot_be_saved_leaves_no_record_behind():
    UserFactory(email="a@exemple.fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="a@exemple.fr")
    assert Worker.objects.count() == User.objects.count() == 1


def test_accounts_are_not_made_in_bulk():
    with pytest.raises(NotImplementedError):
        User.objects.bulk_create([User(email="a@exemple.fr")])


def test_an_account_needs_an_address():
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user(" ", PASSWORD)


def test_a_superuser_is_staff():
    user = User.objects.create_superuser("chef@exemple.fr", PASSWORD)
    assert user.is_staff
    assert user.is_superuser


@pytest.mark.parametrize("typed", ["nadia@exemple.fr", "NADIA@exemple.fr"])
def test_capital_letters_never_lock_a_person_out(rf, typed):
    user = UserFactory(email="nadia@exemple.fr")
    assert User.objects.get_by_natural_key(typed) == user
    assert authenticate(rf.post("/"), email=typed, password=PASSWORD) == user


def test_display_name_falls_back_on_the_address():
    assert UserFactory.build(name="Nadia").display_name == "Nadia"
    assert str(UserFactory.build(name="", email="n@exemple.fr")) == "n@exemple.fr"


def test_create_user_asks_the_owner_to_confirm_the_address():
    user = create_user(actor=SYSTEM, email="nadia@exemple.fr", name="Nadia")
    address = EmailAddress.objects.get(user=user)
    assert (address.primary, address.verified) == (True, False)
    assert not user.has_usable_password()
    assert Notification.objects.get().kind == "email_confirmation"


def test_create_user_with_a_confirmed_address_sends_nothing():
    create_user(actor=SYSTEM, email="nadia@exemple.fr", password=PASSWORD, is_verified=True)
    assert not Notification.objects.exists()


def test_create_user_refuses_a_taken_address_beside_its_field():
    UserFactory(email="nadia@exemple.fr")
    with pytest.raises(Refused) as caught:
        create_user(actor=UserFactory(staff=True), email="Nadia@exemple.fr")
    assert caught.value.field == "email"


def test_only_the_staff_and_commands_create_accounts():
    with pytest.raises(NotFound):
        create_user(actor=UserFactory(), email="nadia@exemple.fr")


def test_update_profile_changes_ones_own_account_alone():
    user, neighbour = UserFactory(), UserFactory(name="Voisin")
    update_profile(actor=user, name="  Nadia   Le Goff ", language=Language.ENGLISH)
    user.refresh_from_db()
    neighbour.refresh_from_db()
    assert (user.name, user.language) == ("Nadia Le Goff", "en")
    assert (neighbour.name, neighbour.language) == ("Voisin", "fr")


def test_preferences_are_kept_and_security_stays_on():
    user = UserFactory()
    set_preferences(actor=user, choices={Category.SKILLS: False, Category.BILANS: True})
    set_preferences(actor=user, choices={Category.SKILLS: False})
    assert switched_off_by(user) == {Category.SKILLS}
    assert NotificationPreference.objects.count() == 2
    with pytest.raises(Refused):
        set_preferences(actor=user, choices={Category.SECURITY: False})


@pytest.mark.parametrize("service", [update_profile, set_preferences])
def test_a_closed_account_changes_nothing(service):
    choices = {"name": "x", "language": "fr"} if service is update_profile else {"choices": {}}
    with pytest.raises(NotFound):
        service(actor=UserFactory(closed=True), **choices)


def test_closing_an_account():
    user = UserFactory()
    assert not set_active(actor=UserFactory(staff=True), user=user, is_active=False).is_active
    with pytest.raises(NotFound):
        set_active(actor=UserFactory(), user=user, is_active=True)


def test_nobody_closes_the_account_they_are_using():
    chief = UserFactory(staff=True)
    with pytest.raises(Refused):
        set_active(actor=chief, user=chief, is_active=False)
