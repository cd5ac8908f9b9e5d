"""The style page: every component with sample words. Wired under DEBUG only; it shows no one's data."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms.ticks import Ticks


class SampleForm(forms.Form):
    """One field of each sort; the page shows it refused, so that errors are seen."""

    email = forms.EmailField(label="Adresse e-mail", help_text="Elle sert à vous connecter.")
    skill = forms.CharField(label="Compétence", max_length=40, required=False)
    learned_on = forms.DateField(label="Date d’apprentissage", widget=forms.DateInput(attrs={"type": "date"}))
    rhythm = forms.ChoiceField(label="Rythme", choices=[("6", "tous les 6 mois"), ("12", "tous les ans")])
    source = forms.ChoiceField(
        label="Où l’avez-vous apprise ?",
        choices=[("job", "au travail"), ("training", "en formation"), ("self", "par moi-même")],
        widget=forms.RadioSelect,
    )
    areas = forms.MultipleChoiceField(
        label="Domaines",
        choices=[("info", "Information"), ("safe", "Sécurité")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    many = forms.MultipleChoiceField(
        label="Une longue liste",
        choices=[("1", "Construire un tableau"), ("2", "Tenir un agenda")],
        widget=Ticks,
        required=False,
    )
    note = forms.CharField(label="Remarque", widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label="Je veux recevoir des rappels")


def _sample_steps() -> list[dict[str, str]]:
    return [
        {"label": "Préparer", "state": "done", "note": "7 juin 2026", "url": "#steps"},
        {"label": "Explorer", "state": "current", "note": "", "url": ""},
        {"label": "Conclure", "state": "todo", "note": "", "url": ""},
    ]


def _sample_filters() -> list[dict[str, Any]]:
    return [
        {"label": "Tout", "count": 12345, "url": "#filters", "current": True},
        {"label": "Ajoutées", "count": 310, "url": "#filters", "current": False},
        {"label": "Retirées", "count": 12, "url": "#filters", "current": False},
    ]


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """All components on one page, for the eye and for the accessibility checker."""
    messages.success(request, "Votre compétence est enregistrée.")
    context = {
        "fresh_form": SampleForm(auto_id="fresh_%s"),
        "refused_form": SampleForm({"email": "pas une adresse", "skill": "Tableur"}),
        "page": Paginator(range(200), 10).page(7),
        "steps": _sample_steps(),
        "filters": _sample_filters(),
        "facts": [("Code", "M1805"), ("Édition", "60, septembre 2025"), ("Titres", "12")],
        "crumbs": [("Accueil", "/"), ("Référentiels", "#crumbs"), ("ROME", "")],
        "suggestions": [
            {"label": "Sécuriser un poste de travail", "note": "compétence", "url": "#search"},
            {"label": "Technicienne, technicien de proximité", "note": "métier", "url": "#search"},
        ],
        "share": {"held": 4, "asked": 9, "percent": 44},
        "dates": [date(2027, 3, 1), date(2026, 6, 7), None],
    }
    return render(request, "style.html", context)
