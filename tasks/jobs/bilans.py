"""Close the bilans whose convention was left without an answer beyond its days."""

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from competences.services.bilan_moves import lapse_conventions
from tasks.runs import run_once


@shared_task(name="tasks.jobs.bilans.lapse")
def lapse() -> dict[str, int]:
    """Refuse what the law reads as refused, and tell the person.

    Safe twice: the second time finds nothing. Late changes nothing: pages and services compute the same.
    """
    return run_once("bilans:lapse", lambda: {"lapsed": lapse_conventions(actor=SYSTEM, now=timezone.now())})
