"""A bilan with its person and its adviser, ready for a page or a service."""

from accounts.enums import Purpose
from competences.enums import BilanState
from competences.models import Bilan
from tests.accounts.factories import NOW, MandateFactory, UserFactory


def bilan(state=BilanState.CONCLUSIONS, person=None, mandate=None, **fields):
    """A bilan of that person, accompanied by the adviser of a mandate for bilans in force."""
    person = person or UserFactory()
    mandate = mandate or MandateFactory(worker=person.worker, purpose=Purpose.BILAN)
    told = {"created_at": NOW, "moved_at": NOW, "adviser": mandate.adviser}
    return Bilan.objects.create(
        worker=person.worker, state=state, organisation=mandate.organisation, **{**told, **fields}
    )


def ended(bilan, on, state=BilanState.CLOSED):
    """The same bilan, over since that day."""
    bilan.state, bilan.ended_on = state, on
    bilan.save()
    return bilan
