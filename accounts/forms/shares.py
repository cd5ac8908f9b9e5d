"""Choosing what to share, to whom and until when; typing the code of a link."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import ShareKind
from accounts.forms.ticks import Ticks
from accounts.models import Organisation, Worker
from accounts.models.shares import TITLE_LENGTH
from accounts.rules.shares import default_end, end_fault, latest_end
from accounts.services.shares import END_WORDS, MOST_ITEMS, SharedTo
from accounts.sharing import kinds

PREFIX = "items_"
NOTHING_TICKED = _("Cochez au moins un élément à montrer.")


class ItemsForm(forms.Form):
    """One list of boxes for each kind of thing of which the worker has some; nothing is ticked beforehand."""

    def __init__(self, *args: Any, worker: Worker, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds():
            offered = kind.offered(worker, on)
            if offered:
                self.fields[f"{PREFIX}{kind.name}"] = forms.MultipleChoiceField(
                    label=kind.title,
                    help_text=kind.help,
                    required=False,
                    choices=[
                        (str(one.public_id), f"{one.label} ({one.note})" if one.note else one.label)
                        for one in offered
                    ],
                    widget=Ticks,
                )

    def clean(self) -> dict[str, Any]:
        """Something is ticked, and not everything there is."""
        cleaned = super().clean() or {}
        if not self.errors:
            number = len(self.ticked())
            if not number:
                self.add_error(None, NOTHING_TICKED)
            elif number > MOST_ITEMS:
                words = _("Cochez %(most)s éléments au plus par partage.") % {"most": MOST_ITEMS}
                self.add_error(None, words)
        return cleaned

    def ticked(self) -> list[tuple[str, UUID]]:
        """The items of a valid form, in the order of the page."""
        return [
            (name.removeprefix(PREFIX), UUID(public_id))
            for name in self.fields
            for public_id in self.cleaned_data.get(name, ())
        ]


class OrganisationField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An organisation, by its name and what it is."""

    def label_from_instance(self, obj: Organisation) -> str:
        return f"{obj.name} ({obj.get_kind_display()})"


class EndForm(forms.Form):
    """Until when. The day chosen is the first on which nothing opens any more."""

    end_on = forms.DateField(
        label=_("Le partage se ferme le"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Un an au plus. Vous pouvez le fermer avant, à tout moment."),
        error_messages={"required": _("Choisissez le jour où le partage se ferme.")},
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["end_on"].initial = default_end(on)
        self.fields["end_on"].widget.attrs["max"] = latest_end(on).isoformat()

    def clean_end_on(self) -> date:
        """A day after today, within a year."""
        end_on: date = self.cleaned_data["end_on"]
        if fault := end_fault(end_on, self.on):
            raise forms.ValidationError(str(END_WORDS[fault]))
        return end_on


class ToForm(EndForm):
    """To whom, until when, and under which name the worker finds it again."""

    kind = forms.ChoiceField(
        label=_("À qui ?"),
        choices=ShareKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez à qui vous montrez ces éléments.")},
    )
    email = forms.EmailField(
        label=_("Adresse e-mail de la personne"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Pour un partage par lien. Elle reçoit le lien, puis un code à chaque lecture : sans accès à"
            " cette boîte, le lien n’ouvre rien."
        ),
    )
    words = forms.CharField(
        label=_("Nom de l’organisation"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Pour un partage à une organisation : ses membres lisent avec leur compte."),
    )
    organisation = OrganisationField(
        label=_("Laquelle ?"),
        queryset=Organisation.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    title = forms.CharField(
        label=_("Un nom pour vous y retrouver"),
        required=False,
        max_length=TITLE_LENGTH,
        help_text=_("Personne d’autre que vous ne le voit. Par exemple : candidature à la mairie."),
    )
    field_order = ("kind", "email", "words", "organisation", "end_on", "title")

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organisations:
            found = Organisation.objects.filter(pk__in=[one.pk for one in organisations]).order_by(
                "name", "pk"
            )
            self.fields["organisation"].queryset = found  # type: ignore[attr-defined]
        else:
            del self.fields["organisation"]

    def clean(self) -> dict[str, Any]:
        """An address for a link, an organisation for an organisation."""
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind == ShareKind.LINK and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Écrivez l’adresse e-mail de la personne."))
        if kind == ShareKind.ORGANISATION and not cleaned.get("organisation"):
            if "organisation" in self.fields and "organisation" not in self.errors:
                self.add_error("organisation", _("Choisissez l’organisation dans la liste."))
            elif "organisation" not in self.fields:
                words = _("Écrivez un mot de son nom, puis « Chercher » : nous n’avons trouvé personne.")
                self.add_error("words", words)
        return cleaned

    def to(self) -> SharedTo:
        """To whom, of a valid form; what was typed for the other way is left aside."""
        if self.cleaned_data["kind"] == ShareKind.LINK:
            return SharedTo(email=self.cleaned_data["email"])
        return SharedTo(organisation=self.cleaned_data["organisation"])


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Le code reçu par e-mail"),
        max_length=40,
        help_text=_("Huit chiffres. Les espaces ne comptent pas."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Écrivez le code reçu par e-mail.")},
    )
