"""A record with something of everything, written by the services that people use."""

import datetime as dt

from django.utils import timezone

from accounts.actors import SYSTEM
from competences.enums import JobUse, ToolsEase
from competences.rules.career import Moment
from competences.services.attestations import View, answer_review, take_review
from competences.services.bilans import set_bilan_plan
from competences.services.career import PeriodSaid, add_period
from competences.services.cvs import CvChoice, make_cv
from competences.services.first_use import answer_ease
from competences.services.flags import contest_flag, hide_flag
from competences.services.jobs import add_worker_job, end_worker_job
from competences.services.records import (
    Said,
    change_level,
    declare_free_skill,
    declare_skill,
    remove_skill,
)
from competences.services.risks import assess_waiting_editions, review_statements
from competences.services.self_reviews import (
    confirm_answer,
    finish_self_review,
    set_self_review_plan,
    start_self_review,
)
from tests.competences.record_builder import add, ask, reader
from tests.competences.reference_builder import Built

DAY = dt.timedelta(days=1)
LONG_AGO = timezone.now() - DAY * 90
FORMULA = '=HYPERLINK("http://ailleurs.invalid","ici")'


def reference(skills=12):
    """A reference whose second edition withdraws the first skill, which the second one replaces."""
    made = Built()
    gone = made.concept("skill", "S0", ("Classer des dossiers papier", "1", "2"))
    made.skills = [
        gone,
        *(made.concept("skill", f"S{n}", f"Compétence numéro {n}") for n in range(1, skills)),
    ]
    made.job = made.concept("job", "M1", "Secrétaire")
    made.title = made.concept("title", "T1", "Assistant ou assistante de direction")
    made.link("title_of", made.title, made.job)
    for skill in made.skills[1:]:
        made.link("uses", made.job, skill)
    made.change("2", "removed", gone)
    made.change("2", "replaced", gone, made.skills[1], confidence=80, reasons=["label"])
    return made


def declare(built, user, number, edition="2", now=None, **said):
    place = {"concept": built.skills[number], "edition": built.editions[edition]}
    return declare_skill(actor=user, worker=user.worker, **place, said=Said(**said), now=now)


def fill(built, user):
    """Statements of each kind, a flag answered, its proposal, two jobs, a rhythm of bilans, two pieces of
    evidence, a view by somebody else, a CV, a path, a self-review."""
    own = {"actor": user, "worker": user.worker}
    gone = declare(built, user, 0, "1", now=LONG_AGO, level=4, sources=("job", "study"), wish="avoid")
    grown = declare(built, user, 2, now=LONG_AGO, level=2, context="chez un client")
    change_level(actor=user, statement=grown, level=5, now=LONG_AGO + DAY * 30)
    taken_out = declare(built, user, 3, now=LONG_AGO, level=1)
    remove_skill(actor=user, statement=taken_out, now=LONG_AGO + DAY * 3)
    declare(built, user, 4, acquired_on=dt.date(2020, 1, 2), practised_on=dt.date(2021, 3, 4))
    declare_free_skill(**own, text=FORMULA, said=Said(level=3, is_practised=False), now=LONG_AGO)
    place = {"title": built.title, "edition": built.editions["2"]}
    wanted = add_worker_job(**own, **place, use=JobUse.WANTED, start_on=dt.date(2024, 1, 1))
    end_worker_job(actor=user, job=wanted)
    add_worker_job(**own, **place, use=JobUse.CURRENT, start_on=dt.date(2023, 5, 6))
    set_bilan_plan(**own, last_on=dt.date(2024, 2, 29), rhythm_months=24, on=timezone.localdate())
    assess_waiting_editions(actor=SYSTEM, limit=5)
    review_statements(actor=user, statement_ids=[gone.pk], now=timezone.now())
    flag = gone.flags.get()
    hide_flag(actor=user, flag=flag, months=3)
    contest_flag(actor=user, flag=flag, reason="Mon métier s’en sert encore.")
    add(user, grown)
    certificate = add(user, grown, gone, kind="certificate", issued_on=dt.date(2022, 5, 4))
    email = f"alex{user.pk}@exemple.fr"
    asked = ask(user, gone, grown, email=email, evidence=[certificate])
    alex = reader(email, name="Alex Martin")
    take_review(actor=alex, review=asked)
    views = {gone.pk: View(kind="observed", level=5, comment="Vue à l’œuvre.")}
    answer_review(actor=alex, review=asked, views=views)
    choice = CvChoice(name="Court", has_every_skill=False, skills=[str(grown.public_id)])
    make_cv(actor=user, worker=user.worker, choice=choice)
    _live(user, built, grown)
    return gone


def _live(user, built, grown):
    """A path of three periods, a self-review that ended, a first answer."""
    own = {"actor": user, "worker": user.worker}
    for said in (
        PeriodSaid(
            kind="work",
            contract="cdi",
            first=Moment(dt.date(2015, 3, 1), "month"),
            last=Moment(dt.date(2019, 1, 1), "year"),
            title=built.title,
            edition=built.editions["2"],
            organisation="Atelier du Pont",
            details="Accueil et courrier.",
        ),
        PeriodSaid(
            kind="volunteering",
            first=Moment(dt.date(2020, 5, 4)),
            free_text="Aide aux devoirs",
            place="Lille",
        ),
        PeriodSaid(kind="pause", first=Moment(dt.date(2019, 6, 1), "month"), reason="Pour souffler"),
    ):
        add_period(**own, said=said)
    review = start_self_review(**own)
    grown.refresh_from_db()
    confirm_answer(actor=user, review=review, statement=grown, version=grown.version)
    finish_self_review(actor=user, review=review)
    set_self_review_plan(**own, rhythm_months=6)
    answer_ease(**own, ease=ToolsEase.values[0])
