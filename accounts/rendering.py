"""How forms are drawn: `{{ form }}` and `{{ field.as_field_group }}` use our components everywhere."""

from django.forms.renderers import TemplatesSetting


class PageFormRenderer(TemplatesSetting):
    """The renderer named by the setting FORM_RENDERER (needs django.forms in INSTALLED_APPS).

    The error summary comes first, then each field with its label, its help and its error, tied to the field
    by aria-describedby and aria-invalid, which Django writes on the widget itself.
    """

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
