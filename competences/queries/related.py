"""What to read beside a concept that jobs no longer ask for. The sheet was read by who may."""

from rapidfuzz import fuzz

from competences.enums import LinkKind
from competences.models import ConceptLink
from competences.queries.names import Named
from competences.queries.sheets import Sheet
from competences.rules.labels import fold

SIBLINGS = 300
"""Concepts of the same families that are read to be ranked."""

SHOWN = 6


def see_also(sheet: Sheet) -> list[Named]:
    """Concepts of the same kind and family that the edition shown holds, the nearest names first.

    Families are those of the last edition that held the concept. Three queries; one more in another
    language than the edition's. None for a concept without a family.
    """
    families = ConceptLink.objects.filter(source=sheet.concept, kind=LinkKind.PART_OF)
    newest = list(families.order_by("-until").values_list("target_id", "until"))
    last = [target for target, until in newest if until == newest[0][1]]
    if not last:
        return []
    rows = (
        ConceptLink.objects.as_of(sheet.history.position)
        .filter(kind=LinkKind.PART_OF, target__in=last, source__kind=sheet.concept.kind)
        .exclude(source=sheet.concept)
        .order_by("source_id")
        .values_list("source_id", "source__kind", "source__external_id")
        .distinct()[:SIBLINGS]
    )
    siblings = list(rows)
    known = sheet.history.labels([pk for pk, _kind, _id in siblings])
    named = [known.named(*sibling) for sibling in siblings]
    wanted = fold(sheet.label)
    named.sort(key=lambda other: (-fuzz.token_set_ratio(wanted, fold(other.label)), other.label))
    return named[:SHOWN]
