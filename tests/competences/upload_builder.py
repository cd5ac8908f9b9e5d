"""Small tables, their senders, and the job: what the tests of uploads share."""

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import SYSTEM
from accounts.enums import MembershipRole
from competences.models import Upload
from competences.services.uploads import process_upload
from tests.accounts.factories import MembershipFactory, UserFactory

HEADER = "code_metier;metier;code_competence;competence;coeur;remplace\n"
TABLE = HEADER + "M1;Soudeur;C1;Souder à l’arc;oui;\nM1;Soudeur;C2;Lire un plan;;\n"
BAD = HEADER + "M1;Soudeur;C1;Souder à l’arc;oui;\nM1;Soudeur;;=Lire un plan;;\nM2;Grutier;C3;Lever;bof;\n"
"""Two of its rows are in error: line 3, column 3 is empty; line 4, column 5 says neither yes nor no."""


def mended(failed):
    """The file of the failed rows of BAD, mended."""
    return failed.replace(";Soudeur;;", ";Soudeur;C2;").replace("bof", "oui")


def csv_file(text=TABLE, name="metiers.csv"):
    return SimpleUploadedFile(name, text.encode(), "text/csv")


def member_of(organisation, **dates):
    """A new person, member of an employer."""
    user = UserFactory()
    role = MembershipRole.EMPLOYER_MEMBER
    MembershipFactory(user=user, organisation=organisation, role=role, **dates)
    return user


def work():
    """What the job does, without a worker."""
    for pk in list(Upload.objects.pending().values_list("pk", flat=True)):
        process_upload(actor=SYSTEM, upload_id=pk)
