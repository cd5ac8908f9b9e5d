"""Self-assessments: answered by the person alone, saved as they go; the person ticks what they change."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.models import AssessmentAnswer, Bilan, Instrument, SelfAssessment
from competences.queries.assessments import proposals_of
from competences.rules.bilans import PHASES
from competences.rules.instruments import ANSWERS
from competences.services.ownership import require_own
from competences.services.records import Said, change_level, declare_skill


def start_assessment(
    *, actor: Actor, worker: Worker, instrument: Instrument, now: dt.datetime | None = None
) -> SelfAssessment:
    """Begins a self-assessment, in the person's bilan where its phases run; the one in progress if there is
    one: two presses make one."""
    require_own(actor, worker)
    now = now or timezone.now()
    bilan = Bilan.objects.filter(worker=worker, state__in=PHASES).first()
    try:
        with transaction.atomic():
            return SelfAssessment.objects.create(
                worker=worker, instrument=instrument, bilan=bilan, started_at=now
            )
    except IntegrityError:
        return SelfAssessment.objects.unfinished().get(worker=worker)


@transaction.atomic
def answer_assessment(
    *,
    actor: Actor,
    assessment: SelfAssessment,
    code: str,
    answers: Sequence[str],
    now: dt.datetime | None = None,
) -> AssessmentAnswer:
    """Saves the answers of one competence; answering again writes over, for as long as it is not finished.

    Raises Refused for an answer missing, or once it is finished; NotFound for a competence that the
    instrument does not have.
    """
    assessment = _own(actor, assessment)
    competence = assessment.instrument.questions.competence(code)
    if competence is None:
        raise NotFound
    _refuse_finished(assessment)
    if len(answers) != len(competence.statements) or set(answers) - set(ANSWERS):
        raise Refused("no_answer", _("Répondez à chaque phrase, ou passez cette compétence."))
    found, _created = AssessmentAnswer.objects.update_or_create(
        assessment=assessment,
        code=code,
        defaults={"answers": list(answers), "answered_at": now or timezone.now()},
    )
    return found


@transaction.atomic
def finish_assessment(
    *, actor: Actor, assessment: SelfAssessment, now: dt.datetime | None = None
) -> SelfAssessment:
    """Ends it: its results are told, compared and proposed. Ending twice changes nothing.

    Raises Refused where nothing was answered.
    """
    assessment = _own(actor, assessment)
    if assessment.finished_at is None:
        if not assessment.answers.exists():
            raise Refused("nothing_answered", _("Répondez pour une compétence au moins avant de terminer."))
        assessment.finished_at = now or timezone.now()
        assessment.save(update_fields=["finished_at"])
    return assessment


@transaction.atomic
def accept_proposals(
    *, actor: Actor, assessment: SelfAssessment, codes: Collection[str], now: dt.datetime | None = None
) -> int:
    """Writes in the record the levels that the person ticked, by code of competence, and says how many.

    A skill that the record lacks is declared, another has its level changed with its history kept. What the
    record says already is passed over, so that two presses write once. Raises Refused before the end.
    """
    now = now or timezone.now()
    assessment = _own(actor, assessment)
    if assessment.finished_at is None:
        raise Refused("unfinished", _("Terminez d’abord votre auto-évaluation."))
    worker = Worker.objects.select_for_update(of=("self",), no_key=True).get(pk=assessment.worker_id)
    written = 0
    for proposal in proposals_of(assessment):
        if proposal.code not in codes:
            continue
        if proposal.statement is not None:
            change_level(actor=actor, statement=proposal.statement, level=proposal.level, now=now)
        else:
            declare_skill(
                actor=actor,
                worker=worker,
                concept=proposal.concept,
                edition=proposal.edition,
                said=Said(level=proposal.level),
                now=now,
            )
        written += 1
    return written


@transaction.atomic
def erase_assessment(*, actor: Actor, assessment: SelfAssessment) -> None:
    """Erases a self-assessment and its answers, for good; what it changed in the record stays."""
    _own(actor, assessment).delete()


def _own(actor: Actor, assessment: SelfAssessment) -> SelfAssessment:
    """The self-assessment, locked, for its own person."""
    rows = SelfAssessment.objects.select_for_update(of=("self",)).select_related("instrument", "worker")
    found = rows.filter(pk=assessment.pk).first()
    if found is None:
        raise NotFound
    require_own(actor, found.worker)
    return found


def _refuse_finished(assessment: SelfAssessment) -> None:
    if assessment.finished_at is not None:
        raise Refused(
            "finished",
            _("Cette auto-évaluation est terminée : ses réponses ne changent plus. Commencez-en une autre."),
        )
