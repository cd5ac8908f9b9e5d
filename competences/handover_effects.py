"""What follows a handover in this app: the bilan that runs, when its purpose moves. Notes never move."""

from collections.abc import Sequence

from accounts import handover_effects
from accounts.enums import Purpose
from accounts.handover_effects import Effect
from accounts.models import HandoverPart


def register() -> None:
    """Registers the effect; called once, when the applications are ready."""
    handover_effects.register(Effect(name="bilans", moved=_moved, undone=_undone))


def _moved(part: HandoverPart) -> Sequence[int]:
    """The running bilan that the former adviser accompanies for that organisation, given to the colleague."""
    from competences.models import Bilan

    if part.purpose != Purpose.BILAN:
        return []
    handover = part.handover
    bilans = Bilan.objects.running().accompanied_by(handover.from_adviser)
    theirs = bilans.filter(worker=part.worker, organisation=handover.organisation)
    keys = list(theirs.select_for_update().order_by("pk").values_list("pk", flat=True))
    Bilan.objects.filter(pk__in=keys).update(adviser=handover.to_adviser)
    return keys


def _undone(part: HandoverPart, keys: Sequence[int]) -> None:
    from competences.models import Bilan

    handover = part.handover
    theirs = Bilan.objects.filter(pk__in=keys, worker=part.worker, adviser=handover.to_adviser)
    theirs.update(adviser=handover.from_adviser)
