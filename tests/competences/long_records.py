"""A long record in few lines: what pages cost must not follow it."""

import datetime as dt

from django.utils import timezone

from competences.enums import JobUse
from competences.models import SkillStatement
from competences.services.additions import declare_skills
from competences.services.jobs import add_worker_job
from competences.services.records import Said, declare_free_skill
from tests.accounts.factories import UserFactory
from tests.competences.reference_builder import Built

TOMORROW = dt.timedelta(days=1)


def reference(skills=8):
    """A reference of two editions with so many skills, a job that asks for the first ten and its title."""
    built = Built()
    built.skills = [built.concept("skill", str(n), f"Compétence numéro {n}") for n in range(skills)]
    built.job = built.concept("job", "M1", "Secrétaire")
    built.title = built.concept("title", "T1", "Secrétaire médicale")
    built.link("title_of", built.title, built.job)
    for number, skill in enumerate(built.skills[:10]):
        built.link("uses", built.job, skill, flag="principale" if number < 2 else "")
    return built


def declared(user, concepts, *, now=None, **said):
    """The statements of these concepts, declared at once."""
    batch = declare_skills(
        actor=user,
        worker=user.worker,
        concepts=[concept.pk for concept in concepts],
        said=Said(**said),
        now=now,
    )
    assert not batch.refused
    return batch.made


def long_record(built, statements=300):
    """A person with a job that the newest edition does not touch and so many skills, one in own words."""
    user = UserFactory()
    declared(user, built.skills[: statements - 1], level=3, now=timezone.now() - TOMORROW * 400)
    declare_free_skill(actor=user, worker=user.worker, text="Réparer des vélos", said=Said())
    add_worker_job(
        actor=user,
        worker=user.worker,
        title=built.title,
        edition=built.editions["2"],
        use=JobUse.CURRENT,
    )
    assert SkillStatement.objects.standing().filter(worker=user.worker).count() == statements
    return user
