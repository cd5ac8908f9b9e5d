"""Every address that takes a form: a refresh of it shows the page of the form, and changes nothing."""

import uuid

import pytest
from django.urls import reverse

from competences.models import OrganisationJob, WorkerJob
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.competences.upload_builder import member_of

ANY = uuid.UUID(int=1)
WORKER = {
    "statement_remove": ([ANY], "statements"),
    "statement_restore": ([ANY], "statements"),
    "worker_job_add": ([1], "worker_jobs"),
    "worker_job_end": ([ANY], "worker_jobs"),
    "worker_job_confirm": ([ANY], "worker_jobs"),
    "worker_job_undo": ([ANY], "worker_jobs"),
}
EMPLOYER = {
    "employer_job_add": [1],
    "employer_job_end": [ANY],
    "employer_job_confirm": [ANY],
    "employer_job_replace": [ANY, 1],
    "employer_job_undo": [ANY],
}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", WORKER)
def test_a_worker_is_sent_back_to_the_page(client, name):
    arguments, page = WORKER[name]
    address = reverse(f"competences:{name}", args=arguments)
    assert client.get(address).url.startswith("/compte/login/")
    client.force_login(UserFactory())
    assert client.get(address).url == reverse(f"competences:{page}")
    assert client.head(address).status_code == 302
    assert client.delete(address).status_code == 405
    assert not WorkerJob.objects.exists()


@pytest.mark.parametrize("name", EMPLOYER)
def test_an_employer_is_sent_back_to_the_page_which_a_neighbour_does_not_see(client, name):
    organisation = OrganisationFactory(employer=True)
    address = reverse(f"competences:{name}", args=[organisation.public_id, *EMPLOYER[name]])
    client.force_login(member_of(organisation))
    assert client.get(address, follow=True).status_code == 200
    client.force_login(member_of(OrganisationFactory(employer=True)))
    assert client.get(address, follow=True).status_code == 404
    assert not OrganisationJob.objects.exists()
