"""A small reference told in a few lines: what each edition says, and the rows that follow from it."""

from competences.models import (
    OPEN,
    Change,
    Concept,
    ConceptLink,
    ConceptRevision,
    ConceptTranslation,
    Edition,
    Reference,
)
from competences.rules.labels import fold
from competences.rules.positions import position


class Built:
    """Writes rows of a reference directly: the importer has its own tests."""

    def __init__(
        self, slug="petit", name="Petit référentiel", numbers=("1", "2"), format="rome", language="fr"
    ):
        self.reference = Reference.objects.create(slug=slug, name=name, format=format)
        self.editions = {
            number: Edition.objects.create(
                reference=self.reference,
                number=number,
                position=position(number),
                changes=None,
                language=language,
            )
            for number in numbers
        }

    def place(self, number):
        return OPEN if number is None else self.editions[number].position

    def concept(self, kind, external_id, *names, **fields):
        """`names` are labels, or (label, first edition, edition that no longer has it or None)."""
        made = Concept.objects.create(reference=self.reference, kind=kind, external_id=external_id)
        for name in names:
            label, since, until = (name, next(iter(self.editions)), None) if isinstance(name, str) else name
            self.revision(made, label, since, until, **fields)
        return made

    def revision(self, concept, label, since, until=None, **fields):
        return ConceptRevision.objects.create(
            concept=concept,
            label=label,
            folded=fold(label),
            since=self.place(since),
            until=self.place(until),
            **fields,
        )

    def translate(self, concept, language, label, since="1", until=None, **fields):
        return ConceptTranslation.objects.create(
            concept=concept,
            language=language,
            label=label,
            folded=fold(label),
            since=self.place(since),
            until=self.place(until),
            **fields,
        )

    def link(self, kind, source, target, since="1", until=None, flag=""):
        return ConceptLink.objects.create(
            source=source,
            target=target,
            kind=kind,
            flag=flag,
            since=self.place(since),
            until=self.place(until),
        )

    def change(self, number, kind, concept, other=None, before="", after="", **fields):
        return Change.objects.create(
            edition=self.editions[number],
            kind=kind,
            concept_kind=concept.kind,
            concept=concept,
            other=other,
            before=before,
            after=after,
            **fields,
        )
