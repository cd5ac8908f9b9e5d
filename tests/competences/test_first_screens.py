"""The first screen tells what waits for the person, and nothing of their neighbour."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import Worker
from competences.queries.first_screens import with_accompaniment
from tests.accounts.factories import UserFactory
from tests.competences.bilan_steps import bilan_in, mandate_of, planned


def test_the_next_appointment_and_the_bilan_that_runs(client, db):
    now = timezone.now()
    person, neighbour = UserFactory(), UserFactory()
    bilan = bilan_in("investigation", person, mandate_of(person), now=now)
    planned(bilan, 9, now=now)
    first = planned(bilan, 3, now=now)
    for user, next_id, running in ((person, first.public_id, bilan.public_id), (neighbour, None, None)):
        workers = Worker.objects.filter(user=user)
        told = with_accompaniment(workers, user, now, timezone.localdate(now)).get()
        assert (told.next_id, told.running_id) == (next_id, running)
        assert (told.has_request, told.has_handover) == (False, False)
    client.force_login(person)
    page = client.get(reverse("competences:dashboard")).content.decode()
    assert reverse("competences:bilan", args=[bilan.public_id]) in page
    assert reverse("competences:appointment", args=[first.public_id]) in page
