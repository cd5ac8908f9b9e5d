"""An edition that is retired leaves the others as if it had never come, and undoes what it opened."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.errors import NotFound, Refused
from accounts.models import Notification
from accounts.services.deliveries import deliver_batch
from competences.enums import FlagEnd, ProposalState, StatementSource
from competences.models import Change, ConceptLink, ConceptRevision, Edition, RiskFlag, SuccessorProposal
from competences.queries.names import labels_of
from competences.queries.references import find_edition, snapshot
from competences.services.records import Said, declare_skill
from competences.services.references import import_edition
from competences.services.retirement import retire_edition
from competences.services.risks import assess_waiting_editions
from competences.starter import people
from tests.accounts.factories import UserFactory

FOLDER = Path(people.__file__).parent
pytestmark = pytest.mark.django_db


def bring(number: int) -> Edition:
    import_edition(actor=SYSTEM, format="rome", paths=[FOLDER / f"demo_v{number}"], slug="demo", apply=True)
    return find_edition("demo", str(number))


def rows() -> tuple[list, list]:
    """Every name and link, by what it says and where; those of retired editions alone are left out."""
    names = ConceptRevision.objects.filter(since__gte=0)
    return (
        sorted(names.values_list("concept__kind", "concept__external_id", "label", "since", "until")),
        sorted(
            ConceptLink.objects.values_list(
                "kind", "source__external_id", "target__external_id", "flag", "since", "until"
            )
        ),
    )


@pytest.mark.parametrize(("order", "gone", "left"), [((1, 2), 2, 1), ((1, 2), 1, 2), ((2, 1), 1, 2)])
def test_rows_read_as_if_it_had_never_come(order, gone, left):
    kept = bring(left)
    alone = rows()
    before = snapshot(kept)
    Edition.objects.all().delete()
    ConceptRevision.objects.all().delete()
    ConceptLink.objects.all().delete()
    editions = {number: bring(number) for number in order}
    report = retire_edition(actor=SYSTEM, edition=editions[gone], apply=True)
    assert report.applied
    assert rows() == alone
    again = snapshot(find_edition("demo", str(left)))
    assert (again.concepts, again.links) == (before.concepts, before.links)
    assert not Change.objects.exists()
    assert find_edition("demo", str(left)).changes is None


def test_what_is_counted_dry_is_not_written():
    bring(1)
    second = bring(2)
    told = rows()
    assert not retire_edition(actor=SYSTEM, edition=second).applied
    assert rows() == told
    assert find_edition("demo", "2") == second


@pytest.fixture
def touched(db):
    """A person whose skill the second edition withdraws, told of it by a message that left."""
    first = bring(1)
    assess_waiting_editions(actor=SYSTEM, limit=5)
    second = bring(2)
    gone = Change.objects.filter(edition=second, kind="removed", concept_kind="skill").first().concept
    user = UserFactory()
    statement = declare_skill(
        actor=user,
        worker=user.worker,
        concept=gone,
        edition=first,
        said=Said(level=4, sources=(StatementSource.JOB,)),
    )
    Edition.objects.filter(pk=second.pk).update(imported_at=timezone.now())
    assess_waiting_editions(actor=SYSTEM, limit=5)
    return user, statement, second


def test_what_it_opened_is_undone_and_said(touched):
    user, statement, second = touched
    SuccessorProposal.objects.update_or_create(
        statement=statement,
        successor=statement.concept,
        edition=second,
        defaults={"confidence": 80, "proposed_at": timezone.now()},
    )
    deliver_batch(actor=SYSTEM, now=timezone.now())
    assert Notification.objects.get(recipient=user, kind="reference_changed").state == "sent"
    report = retire_edition(actor=SYSTEM, edition=second, apply=True)
    assert report.flags_closed >= 1
    assert report.messages == 1
    assert not RiskFlag.objects.open().filter(statement=statement).exists()
    assert statement.flags.first().closed_because == FlagEnd.EDITION_RETIRED
    assert set(statement.proposals.values_list("state", flat=True)) == {ProposalState.WITHDRAWN}
    assert Notification.objects.filter(recipient=user, kind="edition_retired").count() == 1


def test_a_message_that_has_not_left_never_leaves(touched):
    user, _statement, second = touched
    retire_edition(actor=SYSTEM, edition=second, apply=True)
    deliver_batch(actor=SYSTEM, now=timezone.now())
    assert Notification.objects.get(recipient=user, kind="reference_changed").state == "cancelled"
    assert not Notification.objects.filter(recipient=user, kind="edition_retired").exists()


def test_a_concept_that_it_alone_listed_keeps_its_name_and_the_edition_may_come_again():
    bring(1)
    second = bring(2)
    new = Change.objects.filter(edition=second, kind="added", concept_kind="skill").first().concept
    label = labels_of([new.pk])[new.pk]
    retire_edition(actor=SYSTEM, edition=second, apply=True)
    assert labels_of([new.pk]) == {new.pk: label}
    again = bring(2)
    assert (again.number, again.issue) == ("2", 2)
    assert new.revisions.as_of(again.position).get().label == label


def test_it_is_refused_twice_and_to_people():
    bring(1)
    second = bring(2)
    with pytest.raises(NotFound):
        retire_edition(actor=UserFactory(), edition=second, apply=True)
    retire_edition(actor=SYSTEM, edition=second, apply=True)
    with pytest.raises(Refused):
        retire_edition(actor=SYSTEM, edition=second, apply=True)


def test_the_command_is_dry_unless_told_otherwise():
    bring(1)
    bring(2)
    out = io.StringIO()
    call_command("retire_edition", "demo", "2", format="json", stdout=out)
    assert json.loads(out.getvalue())["applied"] is False
    call_command("retire_edition", "demo", "2", apply=True, stdout=out)
    with pytest.raises(CommandError):
        call_command("retire_edition", "demo", "2", apply=True, stdout=out)
