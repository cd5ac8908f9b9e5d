"""Loading instruments of self-assessment from their files."""

import datetime as dt
import tomllib
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_system
from accounts.errors import Refused
from competences.models import Instrument
from competences.rules.instruments import BadInstrument, read_questions

FOLDER = Path(__file__).parents[1] / "instruments"


@transaction.atomic
def load_instrument(*, actor: Actor, path: Path, now: dt.datetime) -> tuple[Instrument, bool]:
    """The instrument of a TOML file, and whether it is new. Safe twice.

    Raises Refused for a file that is no instrument, and for an edition that is known with another content:
    answers were given to that one.
    """
    require_system(actor)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        questions = read_questions(data)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, BadInstrument) as error:
        message = _("%(file)s n’est pas un instrument : %(fault)s") % {"file": path.name, "fault": error}
        raise Refused("bad_instrument", message) from error
    found, is_new = Instrument.objects.get_or_create(
        slug=questions.slug, edition=questions.edition, defaults={"content": data, "loaded_at": now}
    )
    if found.content != data:
        raise Refused(
            "other_content",
            _("L’édition %(edition)s de %(slug)s est déjà chargée avec un autre contenu.")
            % {"edition": questions.edition, "slug": questions.slug},
        )
    return found, is_new


def load_own_instruments(*, actor: Actor, now: dt.datetime) -> int:
    """Those that come with the house; how many were new."""
    paths = sorted(FOLDER.glob("*.toml"))
    return sum(load_instrument(actor=actor, path=path, now=now)[1] for path in paths)
