"""A long list of boxes."""

from django import forms


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes light enough for a record of hundreds of skills: none has an identifier of its own."""

    template_name = "components/ticks.html"
