"""En images: what is drawn is what the tables say, for an empty record as for a large one."""

import datetime as dt
import re
from collections import Counter
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone

from competences.enums import JobUse, LinkKind
from competences.queries.pictures import NOT_JUDGED, figures
from competences.rules.career import Moment
from competences.rules.gaps import Share
from competences.services.career import PeriodSaid, add_period
from competences.services.jobs import add_worker_job, end_worker_job
from competences.services.records import Said, change_level, declare_free_skill, declare_skill, remove_skill
from tests.accounts.factories import UserFactory
from tests.competences.reference_builder import Built

DAY = dt.timedelta(days=1)
NOW = timezone.now()
TODAY = timezone.localdate()
URL = "/mon-espace/competences/images/"


@pytest.fixture
def digcomp(db):
    """Three areas of two competences each."""
    made = Built("digcomp", "DigComp", numbers=("3.0",), format="digcomp")
    made.areas = [made.concept("area", f"area:{n}", f"Domaine {n}") for n in (1, 2, 3)]
    made.skills = []
    for number, area in enumerate(made.areas, start=1):
        for part in (1, 2):
            skill = made.concept("skill", f"{number}.{part}", f"Compétence {number}.{part}")
            made.link(LinkKind.PART_OF, skill, area, since="3.0")
            made.skills.append(skill)
    return made


@pytest.fixture
def built(db):
    """A job that asks for skills 0 to 3: 0 and 1 in one domain, 2 in another, 3 in none; 0 at its core."""
    made = Built()
    made.skills = [made.concept("skill", f"S{n}", f"Savoir-faire {n}") for n in range(300)]
    made.job = made.concept("job", "M1", "Comptable")
    made.titles = [made.concept("title", f"T{n}", f"Nom {n}") for n in range(2)]
    made.link(LinkKind.TITLE_OF, made.titles[0], made.job)
    whole = made.concept("group", "domaine:1", "Tout")
    groups = [made.concept("group", f"enjeu:{n}", f"Enjeu {n}") for n in range(2)]
    below = made.concept("group", "objectif:1", "Objectif")
    for group in groups:
        made.link(LinkKind.PART_OF, group, whole)
    made.link(LinkKind.PART_OF, below, groups[0])
    for number, parent in ((0, below), (1, groups[0]), (2, groups[1])):
        made.link(LinkKind.PART_OF, made.skills[number], parent)
    for number in range(4):
        made.link(LinkKind.USES, made.job, made.skills[number], flag="principale" if number == 0 else "")
    return made


@pytest.fixture
def worker(db):
    return UserFactory()


def say(user, built, number, level, at=NOW, **values):
    [*_others, edition] = built.editions.values()
    return declare_skill(
        actor=user,
        worker=user.worker,
        concept=built.skills[number],
        edition=edition,
        said=Said(level=level, **values),
        now=at,
    )


def want(user, built, number=0):
    place = {"title": built.titles[number], "edition": built.editions["2"]}
    return add_worker_job(actor=user, worker=user.worker, **place, use=JobUse.WANTED)


def means(found):
    return [(area.said, area.now, area.said_then, area.then) for area in found.areas]


def test_a_domain_is_the_mean_of_what_is_said_and_never_zero(worker, digcomp):
    say(worker, digcomp, 0, 3)
    say(worker, digcomp, 1, 6)
    say(worker, digcomp, 2, None)
    found = figures(worker, on=TODAY)
    assert means(found) == [(2, 4.5, 0, None), (0, None, 0, None), (0, None, 0, None)]
    assert [area.asked for area in found.areas] == [2, 2, 2]


def test_levels_are_compared_with_those_of_an_earlier_day(worker, digcomp):
    first = say(worker, digcomp, 0, 2, at=NOW - 30 * DAY)
    gone = say(worker, digcomp, 1, 8, at=NOW - 30 * DAY)
    change_level(actor=worker, statement=first, level=5, now=NOW - 10 * DAY)
    remove_skill(actor=worker, statement=gone, now=NOW - 5 * DAY)
    say(worker, digcomp, 2, 7, at=NOW - 3 * DAY)
    now = (1, 5, 7)
    for days, then in (
        (40, (0, None, None)),
        (20, (2, 5, None)),
        (7, (2, 6.5, None)),
        (4, (1, 5, None)),
        (0, now),
    ):
        found = figures(worker, on=TODAY, since=TODAY - days * DAY)
        assert (found.areas[0].said_then, found.areas[0].then, found.areas[1].then) == then
        assert (found.areas[0].said, found.areas[0].now, found.areas[1].now) == now


def test_a_wanted_job_is_told_by_domain_the_core_apart(worker, built):
    say(worker, built, 0, 1)
    say(worker, built, 3, 1)
    want(worker, built)
    found = figures(worker, on=TODAY)
    assert [(one.label, one.core, one.other) for one in found.domains] == [
        ("Enjeu 0", Share(1, 1), Share(0, 1)),
        ("Enjeu 1", Share(0, 0), Share(0, 1)),
        ("", Share(0, 0), Share(1, 1)),
    ]
    assert (found.share, found.core) == (Share(2, 4), Share(1, 1))


def test_what_no_group_holds_is_under_its_category(worker, built):
    for number in range(2):
        known = built.concept(
            "knowledge", f"K{number}", f"Norme {number}", attributes={"categorie_savoir": "Normes"}
        )
        built.link(LinkKind.USES, built.job, known)
    want(worker, built)
    found = {one.label: one.all.asked for one in figures(worker, on=TODAY).domains}
    assert found == {"Enjeu 0": 2, "Normes": 2, "Enjeu 1": 1, "": 1}


def test_a_job_that_nothing_lists_or_that_ended_shows_nothing(worker, built):
    job = want(worker, built, 1)
    found = figures(worker, on=TODAY)
    assert (found.chosen.label, found.domains) == ("Nom 1", [])
    end_worker_job(actor=worker, job=job, now=NOW + 2 * DAY)
    assert figures(worker, on=TODAY + 3 * DAY).chosen is None


def test_every_skill_is_counted_once_by_year_and_by_word(worker, built):
    say(worker, built, 0, 1, acquired_on=dt.date(2019, 5, 1))
    say(worker, built, 1, 1, acquired_on=dt.date(2019, 12, 31))
    say(worker, built, 9, 1)
    declare_free_skill(actor=worker, worker=worker.worker, text="Réparer des télex", said=Said())
    found = figures(worker, on=TODAY)
    assert (found.acquired, found.undated) == ([(2019, 2)], 2)
    assert found.durability[NOT_JUDGED] == 2
    assert sum(found.durability.values()) == found.skills == 4


# The page ---------------------------------------------------------------------------------------------------


def full(user, built, digcomp):
    for number in range(4):
        say(user, digcomp, number, number + 2, at=NOW - 20 * DAY)
        say(user, built, number, 3, acquired_on=dt.date(2010 + number, 3, 1))
    want(user, built)
    want(user, built, 1)
    for year, text in ((2009, "Un & <deux>"), (2015, "Un travail au nom si long " * 6)):
        said = PeriodSaid(kind="work", first=Moment(dt.date(year, 1, 1), "year"), free_text=text)
        add_period(actor=user, worker=user.worker, said=said)


def drawings(page):
    """Each drawing of the page, read as XML."""
    found = re.findall(r'<svg class="picture".*?</svg>', page, re.DOTALL)
    return [ElementTree.fromstring(text) for text in found]  # noqa: S314 - our own page


def table(page, name):
    [body] = re.findall(rf'<caption id="{name}">.*?</table>', page, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", body.partition("<tbody>")[2], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_each_drawing_has_its_title_its_words_and_its_table(worker, built, digcomp, client):
    full(worker, built, digcomp)
    client.force_login(worker)
    job = worker.worker.jobs.get(title=built.titles[0])
    page = client.get(
        URL, {"metier": str(job.public_id), "au": f"{TODAY - 2 * DAY:%Y-%m-%d}"}
    ).content.decode()
    shown = drawings(page)
    assert len(shown) == 4
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for drawing in shown:
        assert drawing.get("role") == "img"
        named = {one.get("id"): one.text.strip() for one in drawing if one.tag in ("title", "desc")}
        assert list(named) == drawing.get("aria-labelledby").split()
        assert all(named.values())
        for name in re.findall(r"url\(#([^)]+)\)", ElementTree.tostring(drawing, "unicode")):
            assert name in ids
    assert [row[:1] for row in table(page, "t-levels-table")] == [
        ["1. Domaine 1"],
        ["2. Domaine 2"],
        ["3. Domaine 3"],
    ]
    assert table(page, "t-levels-table")[0][1:] == ["2,5 2 compétences dites sur 2", "2,5 2 sur 2"]
    assert table(page, "t-levels-table")[2][1] == "pas encore dit aucune compétence dite sur 2"
    assert table(page, "t-wanted-table")[0] == ["Enjeu 0", "1 sur 1", "1 sur 1", "2 sur 2"]
    assert table(page, "t-acquired-table") == [[str(2010 + n), "1"] for n in range(4)]
    counts = [int(row[1]) for row in table(page, "t-durability-table")]
    assert sum(counts) == 8
    assert "&lt;deux&gt;" in page
    assert "<deux>" not in page


def test_what_is_drawn_is_as_wide_as_its_figure(worker, built, digcomp, client):
    full(worker, built, digcomp)
    client.force_login(worker)
    page = client.get(URL).content.decode()
    bar = drawings(page)[-1]
    widths = {
        rect.get("fill"): float(rect.get("width")) for rect in bar.iter("rect") if rect.get("class") == "mark"
    }
    counts = [int(row[1]) for row in table(page, "t-durability-table")]
    assert sorted(widths.values()) == pytest.approx(
        sorted(340 * n / sum(counts) for n in counts if n), abs=0.1
    )


def test_an_empty_record_is_told_what_to_do(worker, client):
    client.force_login(worker)
    page = client.get(URL).content.decode()
    assert drawings(page) == []
    for name in ("statements", "worker_jobs", "career_add"):
        assert reverse(f"competences:{name}") in page
    assert page.count('class="empty"') == 4


@pytest.mark.parametrize(
    "asked",
    [
        {"au": "hier"},
        {"au": "2999-01-01"},
        {"au": "0001-01-01"},
        {"niveau": "9"},
        {"niveau": "x"},
        {"metier": "x"},
    ],
)
def test_what_cannot_be_compared_is_said_and_the_page_stays(worker, built, digcomp, client, asked):
    full(worker, built, digcomp)
    client.force_login(worker)
    page = client.get(URL, asked)
    assert page.status_code == 200
    assert len(drawings(page.content.decode())) in (3, 4)
    assert ('class="error"' in page.content.decode()) == ("metier" not in asked)


def test_a_chosen_level_is_drawn_beside(worker, built, digcomp, client):
    full(worker, built, digcomp)
    client.force_login(worker)
    page = client.get(URL, {"niveau": "5"}).content.decode()
    assert [row[2] for row in table(page, "t-levels-table")] == ["5"] * 3
    assert page.count('class="side then"') == 3 + 1


def test_pictures_are_for_their_own_person(worker, built, digcomp, client):
    neighbour = UserFactory()
    full(worker, built, digcomp)
    assert "/compte/" in client.get(URL).url
    client.force_login(neighbour)
    job = worker.worker.jobs.get(title=built.titles[0])
    page = client.get(URL, {"metier": str(job.public_id)}).content.decode()
    assert "Nom 0" not in page
    assert drawings(page) == []


def test_the_page_asks_few_questions_of_a_large_record(
    worker, built, digcomp, client, django_assert_max_num_queries
):
    for number in range(300):
        say(worker, built, number, 1 + number % 8, acquired_on=dt.date(1960 + number % 60, 1, 1))
    for year in range(1960, 2020):
        said = PeriodSaid(kind="work", first=Moment(dt.date(year, 1, 1), "year"), free_text=f"Travail {year}")
        add_period(actor=worker, worker=worker.worker, said=said)
    say(worker, digcomp, 0, 2)
    want(worker, built)
    client.force_login(worker)
    with django_assert_max_num_queries(12):
        page = client.get(URL, {"au": f"{TODAY:%Y-%m-%d}"})
    assert len(page.content) <= 60_000
    assert len(drawings(page.content.decode())) == 4


def key_of(page, picture):
    """The marks that the key under a picture explains, and those that its bars are filled with."""
    text = page.content.decode()
    fills = re.findall(rf'<rect class="mark" [^>]*fill="url\(#{picture}-(\w+)\)"', text)
    key = re.findall(rf'<svg class="swatch"[^>]*>\s*<rect [^>]*fill="url\(#{picture}-(\w+)\)"', text)
    return set(key), set((Counter(fills) - Counter(key)).keys())


def test_a_key_names_the_marks_that_its_picture_draws_and_no_other(built, client):
    user = UserFactory()
    place = {"title": built.titles[0], "edition": built.editions["2"]}
    add_worker_job(actor=user, worker=user.worker, **place, use=JobUse.WANTED)
    client.force_login(user)
    assert key_of(client.get(URL), "p-wanted") == ({"dots", "outline"}, {"dots", "outline"})
    place = {"concept": built.skills[0], "edition": built.editions["2"]}
    declare_skill(actor=user, worker=user.worker, **place, said=Said(level=3))
    assert key_of(client.get(URL), "p-wanted") == ({"solid", "outline"}, {"solid", "outline"})
    for kind, marks in (("work", {"solid"}), ("volunteering", {"solid", "dots"})):
        said = PeriodSaid(kind=kind, first=Moment(dt.date(2020, 5, 1), "month"), free_text="Accueil")
        add_period(actor=user, worker=user.worker, said=said)
        assert key_of(client.get(URL), "p-path") == (marks, marks)
