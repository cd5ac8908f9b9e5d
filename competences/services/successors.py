"""What a person answers to a successor proposed for one of their skills. Nobody answers in their place."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_person
from accounts.errors import NotFound, Refused
from competences.enums import ProposalState
from competences.models import Concept, Edition, SkillStatement, SuccessorProposal
from competences.services.ownership import UNDO_WITHIN
from competences.services.records import Said, declare_skill, remove_skill, restore_skill

ANSWERED = (ProposalState.ACCEPTED, ProposalState.REFUSED)


@transaction.atomic
def accept_successor(
    *, actor: Actor, proposal: SuccessorProposal, now: dt.datetime | None = None
) -> SkillStatement:
    """Declares the successor against the newest edition, with what the person said of the skill that it
    replaces, and takes that one out with its history kept. `undo_answer` undoes it.

    Raises Refused when the proposal was answered already or no longer counts, when the record holds the
    successor already, and when the newest edition no longer lists it. Gives the new statement.
    """
    now = now or timezone.now()
    proposal = _own_proposal(actor, proposal)
    _refuse_answered(proposal)
    left = proposal.statement
    if left.removed_at is not None:
        raise NotFound
    declared = declare_skill(
        actor=actor,
        worker=left.worker,
        concept=proposal.successor,
        edition=_newest_edition(proposal.successor),
        said=Said.of(left.revisions.current().get()),
        now=now,
    )
    remove_skill(actor=actor, statement=left, now=now)
    _answer(proposal, ProposalState.ACCEPTED, now)
    return declared


@transaction.atomic
def refuse_successor(
    *, actor: Actor, proposal: SuccessorProposal, now: dt.datetime | None = None
) -> SuccessorProposal:
    """Leaves the record as it is; the same successor is not proposed again for that edition."""
    proposal = _own_proposal(actor, proposal)
    _refuse_answered(proposal)
    return _answer(proposal, ProposalState.REFUSED, now or timezone.now())


@transaction.atomic
def undo_answer(
    *, actor: Actor, proposal: SuccessorProposal, now: dt.datetime | None = None
) -> SuccessorProposal:
    """Takes an answer back within 24 hours: the proposal waits again, and an accepted one gives its place
    back to the skill that it replaced.

    Raises Refused when there is no answer to undo, later than that, and when the record holds the former
    skill again meanwhile.
    """
    now = now or timezone.now()
    proposal = _own_proposal(actor, proposal)
    if proposal.state not in ANSWERED or proposal.answered_at is None:
        raise Refused("not_answered", _("Il n’y a pas de réponse à annuler."))
    if now - proposal.answered_at > UNDO_WITHIN:
        raise Refused("too_late", _("Le délai de 24 heures est passé. Vous pouvez changer vos compétences."))
    if proposal.state == ProposalState.ACCEPTED:
        left = proposal.statement
        # The statement that the acceptance made, and no later one: the person may have changed it since.
        made = SkillStatement.objects.standing().filter(
            worker=left.worker, concept=proposal.successor, declared_at=proposal.answered_at
        )
        for statement in made:
            remove_skill(actor=actor, statement=statement, now=now)
        if left.removed_at is not None:
            restore_skill(actor=actor, statement=left, now=now)
    proposal.state = ProposalState.WAITING
    proposal.answered_at = None
    proposal.save(update_fields=["state", "answered_at"])
    return proposal


def _own_proposal(actor: Actor, proposal: SuccessorProposal) -> SuccessorProposal:
    """The proposal, locked, for the person whose record it touches; absent for anybody else."""
    rows = SuccessorProposal.objects.select_for_update(of=("self",))
    own = rows.filter(statement__worker__user=require_person(actor))
    found = own.select_related("statement__worker", "successor").filter(pk=proposal.pk).first()
    if found is None:
        raise NotFound
    return found


def _refuse_answered(proposal: SuccessorProposal) -> None:
    if proposal.state == ProposalState.WITHDRAWN:
        message = _("Cette proposition ne compte plus : l’édition qui la portait a été retirée.")
        raise Refused("withdrawn", message)
    if proposal.state != ProposalState.WAITING:
        raise Refused("already_answered", _("Vous avez déjà répondu à cette proposition."))


def _newest_edition(concept: Concept) -> Edition:
    edition = Edition.objects.in_history().filter(reference=concept.reference_id).last()
    if edition is None:
        raise NotFound
    return edition


def _answer(proposal: SuccessorProposal, state: ProposalState, now: dt.datetime) -> SuccessorProposal:
    proposal.state = state
    proposal.answered_at = now
    proposal.save(update_fields=["state", "answered_at"])
    return proposal
