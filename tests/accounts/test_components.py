"""The components say in words what they show, keep what was typed, and stay readable in both themes."""

import hashlib
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import include, path
from django.utils import translation

from accounts.models import Organisation
from accounts.views.style import SampleForm, style
from tests.accounts.factories import UserFactory

ROOT = Path(__file__).resolve().parents[2]
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})")

# (text, ground): every pair in which the stylesheets write words.
TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "leaf") for ground in ("paper", "card", "leaf-soft")),
    *(("ink", f"{ground}-soft") for ground in ("amber", "rust", "sky")),
    *(("leaf", f"{ground}-soft") for ground in ("amber", "rust", "sky")),
    *((colour, f"{colour}-soft") for colour in ("amber", "rust", "sky")),
    ("rust", "card"),
    ("leaf-ink", "leaf"),
    ("rust-ink", "rust"),
    ("ink", "line"),
]
# (mark, ground): borders of fields, dots, rings, the focus.
MARK_PAIRS = [
    ("line-2", "card"),
    ("line-2", "paper"),
    ("leaf-2", "card"),
    ("leaf-2", "leaf-soft"),
    ("sky", "card"),
    ("sky", "paper"),
    ("amber", "card"),
]


def themes() -> dict[str, dict[str, str]]:
    css = (STATIC / "css" / "tokens.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    dark = dark.split("@media print")[0]
    return {"light": dict(COLOUR.findall(light)), "dark": dict(COLOUR.findall(dark))}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def render(source: str, **context: object) -> str:
    return Template("{% load components i18n %}" + source).render(Context(context))


def test_contrast_is_computed_as_the_recommendation_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_marks_stand_out_from_their_ground(theme):
    colours = themes()[theme]
    pairs = [(pair, 4.5) for pair in TEXT_PAIRS] + [(pair, 3.0) for pair in MARK_PAIRS]
    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair, _ in pairs}
    assert {pair: found[pair] for pair, least in pairs if found[pair] < least} == {}


def test_both_themes_name_the_same_colours():
    light, dark = themes()["light"], themes()["dark"]
    assert light.keys() == dark.keys()


def test_styles_and_scripts_stay_light():
    styles = sum(path.stat().st_size for path in (STATIC / "css").glob("*.css"))
    scripts = sum(path.stat().st_size for path in STATIC.rglob("*.js"))
    assert styles < 24_000
    assert styles + scripts < 70_000


def test_vendored_script_is_the_one_its_table_names():
    digest = hashlib.sha256((STATIC / "vendor" / "htmx.min.js").read_bytes()).hexdigest()
    assert digest in (STATIC / "vendor" / "README.md").read_text()


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [
        ("fr", date(2027, 3, 1), "1er mars 2027"),
        ("fr", date(2026, 6, 7), "7 juin 2026"),
        ("fr", date(2026, 6, 21), "21 juin 2026"),
        ("fr", None, "date non précisée"),
        # An instant is told by the clock on the wall in France: 23:30 UTC in June is the next day there.
        ("fr", datetime(2026, 6, 7, 23, 30, tzinfo=UTC), "8 juin 2026"),
        ("en", date(2027, 3, 1), "1 March 2027"),
    ],
)
def test_dates_are_told_in_words(language, value, words):
    with translation.override(language):
        assert render("{{ value|date_words }}", value=value) == words


def test_day_can_be_read_by_a_machine():
    with translation.override("fr"):
        assert render("{% day value %}", value=date(2027, 3, 1)) == (
            '<time datetime="2027-03-01">1er mars 2027</time>'
        )
        assert render("{{ value|month_words }}", value=date(2025, 9, 1)) == "septembre 2025"


def test_level_is_told_in_words_beside_its_dots():
    html = render("{% level 5 8 %}")
    assert "niveau 5 sur 8" in html
    assert html.count("<i") == 8
    assert html.count('<i class="on"') == 5
    assert 'aria-hidden="true"' in html


def test_figures_have_their_thousands_apart():
    with translation.override("fr"):
        assert render("{{ 12345|figure }}") == "12\xa0345"
    with translation.override("en"):
        assert render("{{ 12345|figure }}") == "12,345"


def test_a_name_and_its_value_stand_apart_as_french_writes_them():
    text = render("Niveau{% colon %}{{ words|quoted }}", words="<b>2</b>")
    assert text == "Niveau\N{NO-BREAK SPACE}: «\N{NO-BREAK SPACE}&lt;b&gt;2&lt;/b&gt;\N{NO-BREAK SPACE}»"


def test_badge_refuses_a_kind_that_no_style_draws():
    assert 'class="tag risk"' in render('{% badge "fragile" "risk" %}')
    with pytest.raises(TemplateSyntaxError, match="unknown kind"):
        render('{% badge "fragile" "danger" %}')


def test_wrapped_content_stays_and_values_are_escaped():
    html = render("{% card title=title %}<p>{{ text }}</p>{% endcard %}", title="<b>", text="<i>")
    assert "<p>&lt;i&gt;</p>" in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize(
    ("kind", "role"), [("info", "status"), ("success", "status"), ("warning", "alert"), ("error", "alert")]
)
def test_alert_says_its_kind_in_words_and_to_machines(kind, role):
    html = render("{% alert kind=kind %}<p>texte</p>{% endalert %}", kind=kind)
    assert f'role="{role}"' in html
    assert re.search(r"<strong>(À savoir|C’est fait|Attention|Erreur)</strong>", html)


def test_table_region_is_named_and_reached_by_the_keyboard():
    html = render('{% table caption="Ce qui change" %}<tbody></tbody>{% endtable %}')
    assert 'role="region" aria-labelledby="t-ce-qui-change" tabindex="0"' in html
    assert '<caption id="t-ce-qui-change">' in html


def test_pagination_keeps_the_other_parameters():
    request = RequestFactory().get("/liste/", {"kind": "skill", "page": "2"})
    html = render("{% pagination page %}", page=Paginator(range(30), 10).page(2), request=request)
    assert 'href="?kind=skill&amp;page=1"' in html
    assert 'href="?kind=skill&amp;page=3"' in html
    assert html.count('aria-current="page"') == 1


def test_single_page_shows_no_pagination():
    assert render("{% pagination page %}", page=Paginator(range(3), 10).page(1)).strip() == ""


class TestForms:
    def test_refused_form_links_each_error_to_its_field_and_keeps_what_was_typed(self):
        html = SampleForm({"email": "pas une adresse", "skill": "Tableur"}).render()
        identifiers = set(re.findall(r' id="([^"]+)"', html))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= identifiers
        for described in re.findall(r'aria-describedby="([^"]+)"', html):
            assert set(described.split()) <= identifiers
        assert 'value="pas une adresse"' in html
        assert 'value="Tableur"' in html
        assert html.index("data-error-summary") < html.index("<input")

    def test_only_fields_with_an_error_are_marked(self):
        html = SampleForm({"email": "pas une adresse", "skill": "Tableur"}).render()
        invalid = re.findall(r'<(?:input|select)[^>]*name="(\w+)"[^>]*aria-invalid="true"', html)
        assert "email" in invalid
        assert "skill" not in invalid

    def test_fresh_form_has_labels_and_no_error(self):
        html = SampleForm().render()
        assert "data-error-summary" not in html
        assert '<label for="id_email">' in html
        assert html.count("<legend>") == 3
        assert "(facultatif)" in html


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "429.html", "500.html"])
def test_pages_of_a_broken_day_need_neither_request_nor_database(name):
    html = render_to_string(name)
    assert '<html lang="fr">' in html
    assert html.count("<h1>") == 1


def nowhere(request):
    """A page of another app, which the header only links to."""
    raise NotImplementedError


# The addresses that the header knows, whatever the apps above this one offer.
urlpatterns = [
    path(
        "",
        include(
            (
                [
                    path("conseiller/", nowhere, name="adviser"),
                    path("employeur/<uuid:public_id>/", nowhere, name="employer"),
                ],
                "competences",
            )
        ),
    ),
    path("compte/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("style/", style),
]


@pytest.mark.urls(__name__)
def test_style_page_shows_every_component(client):
    response = client.get("/style/")
    shown = {used.name for used in response.templates}
    everything = {f"components/{path.name}" for path in (TEMPLATES / "components").glob("*.html")}
    assert everything - shown == set()


def test_style_page_is_for_development_alone(client):
    assert client.get("/style/").status_code == 404


class TestHeader:
    def page(self, user, **context):
        request = RequestFactory().get("/")
        request.user = user
        return render_to_string("layout/base.html", context, request=request)

    @pytest.mark.django_db
    def test_visitor_may_sign_in(self):
        html = self.page(AnonymousUser())
        assert "Se connecter" in html
        assert "Se déconnecter" not in html

    @pytest.mark.django_db
    def test_signed_in_person_may_leave_and_sees_no_role_that_is_not_theirs(self):
        html = self.page(UserFactory())
        assert "Se déconnecter" in html
        assert "Conseiller" not in html
        assert "Employeur" not in html

    @pytest.mark.django_db
    @pytest.mark.urls(__name__)
    def test_each_employer_has_its_entry(self):
        employers = [Organisation(name="Atelier Nord"), Organisation(name="Atelier Sud")]
        html = self.page(UserFactory(), nav_roles={"adviser": True, "employers": employers})
        assert "Conseiller" in html
        assert "Atelier Nord" in html
        assert "Atelier Sud" in html

    def test_first_stop_of_the_keyboard_is_the_link_to_the_content(self):
        html = self.page(AnonymousUser())
        assert html.index('class="skip"') < html.index('class="brand"')
        assert 'id="content"' in html
