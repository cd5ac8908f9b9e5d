"""The pages of shares: the three steps, the link and its states, the members' list."""

from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from accounts.access import SYSTEM
from accounts.models import FileOpening, Notification, Share
from accounts.queries.shares import parts_of
from accounts.services.share_codes import open_with_code, send_code
from accounts.share_keys import code_digits, link_key
from tests.accounts.factories import NOW, TODAY, MembershipFactory, OrganisationFactory, UserFactory
from tests.accounts.share_builder import END, over, shared, things_registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(time_machine):
    time_machine.move_to(NOW, tick=False)
    with things_registered() as things:
        yield things


@pytest.fixture
def nadia():
    return UserFactory(name="Nadia Benali").worker


@pytest.fixture
def share(things, nadia):
    return shared(nadia, things.add(nadia, "Réparer des vélos"))


def page(name, share, **kwargs):
    return reverse(f"accounts:{name}", args=[link_key(share.public_id), *kwargs.values()])


def looks():
    return FileOpening.objects.get_queryset().count()


def opened(client, share):
    """The same client once the right code was typed in it."""
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    client.post(page("share_code", share), {"code": code_digits(code.public_id)})
    return client


def says_nothing(response):
    text = response.content.decode() + str(response.headers)
    return not any(word in text for word in ("Nadia", "Benali", "vélos", "lectrice@exemple.fr"))


# A link ----------------------------------------------------------------------------------------------------


def test_a_link_is_read_after_the_code_and_the_worker_sees_who_read(client, share, things, nadia):
    things.add(nadia, "Une chose qui n’est pas cochée")
    asked = client.post(page("share_ask", share), follow=True)
    assert says_nothing(asked)
    assert looks() == 0
    code = share.codes.get()
    read = client.post(page("share_code", share), {"code": code_digits(code.public_id)}, follow=True)
    assert read.redirect_chain == [(page("share_read", share), 302)]
    text = read.content.decode()
    assert "Nadia Benali" in text
    assert "Réparer des vélos" in text
    assert "pas cochée" not in text
    assert looks() == 1
    assert client.session.get_expire_at_browser_close()
    worker = Client()
    worker.force_login(nadia.user)
    assert "lectrice@exemple.fr" in worker.get(reverse("accounts:access")).content.decode()
    told = worker.get(reverse("accounts:share", args=[share.public_id]))
    assert [who for _at, who in told.context["looks"]] == ["lectrice@exemple.fr"]


METHODS = ("get", "head", "post", "put", "delete", "options")
PAGES = ("share_link", "share_ask", "share_code", "share_read")
#: What each page answers to each method: while the share is open and no code was typed.
OPEN = {
    "share_link": {"get": 200, "head": 200},
    "share_ask": {"get": 302, "head": 302, "post": 302},
    "share_code": {"get": 200, "head": 200, "post": 200},
    "share_read": {"get": 302, "head": 302},
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", METHODS)
def test_without_the_code_an_open_link_shows_nothing_and_counts_nothing(client, share, name, method):
    response = getattr(client, method)(page(name, share))
    assert response.status_code == OPEN[name].get(method, 405)
    assert says_nothing(response)
    assert looks() == 0
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"].startswith("noindex")
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("how", ["expired", "closed", "guessed", "cut", "account closed"])
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_link_that_opens_nothing_answers_alike_whatever_the_reason(client, share, name, method, how):
    opened(client, share)
    if how == "account closed":
        share.worker.user.is_active = False
        share.worker.user.save()
    elif how not in ("guessed", "cut"):
        over(share, how)
    key = {"guessed": link_key(uuid4()), "cut": link_key(share.public_id)[:-1]}.get(
        how, link_key(share.public_id)
    )
    response = getattr(client, method)(reverse(f"accounts:{name}", args=[key]))
    if method == "post" and name in ("share_link", "share_read"):
        assert response.status_code == 405
    elif method != "post" and name == "share_ask":
        assert response.status_code == 302
    else:
        assert response.status_code == 404
        never = link_key(uuid4())
        expected = client.get(reverse("accounts:share_link", args=[never]))
        for one in (response, expected):
            del one.headers["Content-Length"]  # it counts the address of the page, which is on it
        assert response.headers == expected.headers
        if method != "head":
            assert plain(response, key) == plain(expected, never)
    assert says_nothing(response)
    assert looks() == 0


def plain(response, key):
    """The page without what differs for any two pages: its own address, in the form that changes language."""
    main = response.content.decode().replace(key, "…").partition("<main")[2].partition("</main>")[0]
    assert "Ce lien n’ouvre rien" in main
    return main


@pytest.mark.parametrize(
    "headers",
    [
        {"Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
    ],
)
def test_robots_and_early_browsers_do_not_look_even_after_the_code(client, share, headers):
    opened(client, share)
    for response in (
        client.head(page("share_read", share)),
        client.get(page("share_read", share), headers=headers),
        client.head(page("share_read_file", share, kind="thing", one=share.items.get().public_id)),
    ):
        assert response.content == b""
        assert says_nothing(response)
    assert looks() == 0


def test_a_wrong_code_shows_nothing_and_says_what_to_do(client, share):
    client.post(page("share_ask", share))
    response = client.post(page("share_code", share), {"code": "0000 0001"})
    assert response.context["form"].errors["code"]
    assert says_nothing(response)
    assert client.get(page("share_read", share)).status_code == 302
    assert looks() == 0


def test_the_code_opens_in_its_browser_alone_for_an_hour(client, share, time_machine):
    opened(client, share)
    assert client.get(page("share_read", share)).status_code == 200
    assert Client().get(page("share_read", share)).status_code == 302
    time_machine.shift(3600)
    assert client.get(page("share_read", share)).status_code == 302
    assert looks() == 1


def test_a_browser_that_reads_two_shares_reads_both_and_closing_one_leaves_the_other(client, share, things):
    other = UserFactory(name="Yann").worker
    second = shared(other, things.add(other, "Souder"))
    opened(opened(client, share), second)
    over(second, "closed")
    assert client.get(page("share_read", share)).status_code == 200
    assert client.get(page("share_read", second)).status_code == 404


def test_a_file_is_handed_over_only_where_it_was_ticked(client, share, things, nadia):
    unticked, ticked = things.add(nadia, "non"), share.items.get().public_id
    theirs = things.add(UserFactory().worker, "la leur")
    assert client.get(page("share_read_file", share, kind="thing", one=ticked)).status_code == 302
    opened(client, share)
    assert client.get(page("share_read_file", share, kind="thing", one=ticked)).content.decode() == (
        "Réparer des vélos"
    )
    for kind, one in (("thing", unticked.public_id), ("thing", theirs.public_id), ("skill", ticked)):
        assert client.get(page("share_read_file", share, kind=kind, one=one)).status_code == 404
    things[nadia.pk].clear()
    assert client.get(page("share_read_file", share, kind="thing", one=ticked)).status_code == 404


def test_nothing_is_shown_when_the_log_is_down(client, share, monkeypatch):
    opened(client, share)

    def broken(**fields):
        raise DatabaseError("disk full")

    monkeypatch.setattr(FileOpening.objects, "create", broken)
    response = client.get(page("share_read", share))
    assert response.status_code == 503
    assert says_nothing(response)
    assert response["Cache-Control"] == "private, no-store"


def test_the_sixth_code_of_an_hour_is_refused_in_words(client, share):
    for _n in range(5):
        client.post(page("share_ask", share))
    response = client.post(page("share_ask", share), follow=True)
    assert [str(one.level_tag) for one in response.context["messages"]][-1] == "warning"
    assert Notification.objects.filter(kind="share_code").count() == 5


# The worker ------------------------------------------------------------------------------------------------


def whole_form(things, nadia, **changed):
    thing = things.add(nadia, "Réparer des vélos")
    things.add(nadia, "Souder")
    form = {
        "items_thing": [str(thing.public_id)],
        "kind": "link",
        "email": "lectrice@exemple.fr",
        "words": "",
        "end_on": END.isoformat(),
        "title": "La mairie",
        "draft": str(uuid4()),
        "go": "make",
    }
    return form | changed


def carried(response):
    """The fields that a step hands over to the next one."""
    found = {"draft": [str(response.context["draft"])]}
    for name, value in response.context["carried"]:
        found.setdefault(name, []).append(value)
    return found


def test_a_share_is_made_in_three_steps_that_carry_what_was_said(client, things, nadia):
    client.force_login(nadia.user)
    form = whole_form(things, nadia)
    url = reverse("accounts:share_new")
    first = client.get(url)
    assert "items_thing" in first.context["form"].fields
    second = client.post(url, carried(first) | {"items_thing": form["items_thing"], "go": "to"})
    assert carried(second)["items_thing"] == form["items_thing"]
    told = {name: form[name] for name in ("kind", "email", "end_on", "title")}
    third = client.post(url, carried(second) | told | {"go": "preview"})
    assert [one.label for part in third.context["parts"] for one in part.things] == ["Réparer des vélos"]
    assert not Share.objects.exists()
    back = client.post(url, carried(third) | {"go": "items"})
    assert back.context["form"].initial["items_thing"] == form["items_thing"]
    made = client.post(url, carried(third) | {"go": "make"})
    share = Share.objects.get()
    assert made.url == reverse("accounts:share", args=[share.public_id])
    assert (share.recipient_email, share.title, share.end_on) == ("lectrice@exemple.fr", "La mairie", END)
    client.post(url, carried(third) | {"go": "make"})
    assert Share.objects.count() == 1


def main_part(response):
    """What the partial that shows the items made of them, without the place of the files."""
    text = response.content.decode()
    begin = text.index('<p class="lead">Nadia')
    return text[begin : text.index("</section>", begin)].replace("  ", "")


def test_the_preview_is_what_the_reader_sees(client, things, nadia):
    client.force_login(nadia.user)
    preview = client.post(reverse("accounts:share_new"), whole_form(things, nadia, go="preview"))
    client.post(reverse("accounts:share_new"), whole_form(things, nadia))
    share = Share.objects.get()
    reader = opened(Client(), share).get(page("share_read", share))
    assert main_part(preview) == main_part(reader)


@pytest.mark.parametrize(
    ("changed", "template", "field"),
    [
        ({"items_thing": []}, "accounts/share_items.html", "__all__"),
        ({"items_thing": [str(uuid4())]}, "accounts/share_items.html", "items_thing"),
        ({"items_thing": ["pas un identifiant"]}, "accounts/share_items.html", "items_thing"),
        ({"kind": ""}, "accounts/share_to.html", "kind"),
        ({"kind": "tout le monde"}, "accounts/share_to.html", "kind"),
        ({"email": ""}, "accounts/share_to.html", "email"),
        ({"email": "pas une adresse"}, "accounts/share_to.html", "email"),
        ({"end_on": ""}, "accounts/share_to.html", "end_on"),
        ({"end_on": TODAY.isoformat()}, "accounts/share_to.html", "end_on"),
        ({"end_on": "2999-01-01"}, "accounts/share_to.html", "end_on"),
        ({"kind": "organisation"}, "accounts/share_to.html", "words"),
        ({"kind": "organisation", "words": "mairie"}, "accounts/share_to.html", "organisation"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_made(
    client, things, nadia, changed, template, field
):
    MembershipFactory(employer=True, organisation__name="Mairie de Brest")
    client.force_login(nadia.user)
    response = client.post(reverse("accounts:share_new"), whole_form(things, nadia, **changed))
    assert response.templates[0].name == template
    assert field in response.context["form"].errors
    assert not Share.objects.exists()


def test_a_refusal_of_the_service_goes_beside_its_field(client, things, nadia):
    client.force_login(nadia.user)
    response = client.post(
        reverse("accounts:share_new"), whole_form(things, nadia, email=nadia.user.email.upper())
    )
    assert "email" in response.context["form"].errors


def test_a_name_with_a_null_sign_finds_nobody(client, things, nadia):
    thing = things.add(nadia, "Une chose")
    client.force_login(nadia.user)
    typed = {"items_thing": [str(thing.public_id)], "go": "to", "words": "\x00"}
    page = client.post(reverse("accounts:share_new"), typed)
    assert page.status_code == 200
    assert "organisation" not in page.context["form"].fields


def test_an_organisation_is_found_by_a_word_of_its_name(client, things, nadia):
    place = MembershipFactory(employer=True, organisation__name="Mairie de Brest").organisation
    MembershipFactory(employer=True, organisation__name="Mairie sans membre", ended=True)
    client.force_login(nadia.user)
    url = reverse("accounts:share_new")
    found = client.post(url, whole_form(things, nadia, kind="", words="mairie", go="find"))
    assert list(found.context["form"].fields["organisation"].queryset) == [place]
    client.post(
        url,
        whole_form(things, nadia, kind="organisation", words="mairie", organisation=str(place.public_id)),
    )
    assert Share.objects.get().organisation == place


def test_an_empty_record_is_told_what_to_do_first(client, things, nadia):
    client.force_login(nadia.user)
    for name in ("shares", "share_new"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 200


def test_one_click_closes_at_once(client, share, nadia):
    reader = opened(Client(), share)
    client.force_login(nadia.user)
    url = reverse("accounts:share_close", args=[share.public_id])
    assert client.get(url).status_code == 302
    assert reader.get(page("share_read", share)).status_code == 200
    client.post(url, {"back": "list"})
    assert reader.get(page("share_read", share)).status_code == 404
    client.post(url)
    assert client.get(reverse("accounts:share", args=[share.public_id])).context["is_open"] is False


def test_a_share_is_extended_and_a_date_too_far_is_said(client, share, nadia):
    client.force_login(nadia.user)
    url = reverse("accounts:share_extend", args=[share.public_id])
    client.post(url, {"end_on": "2027-03-12"})
    share.refresh_from_db()
    assert share.end_on.isoformat() == "2027-03-12"
    assert "end_on" in client.post(url, {"end_on": "2027-03-13"}).context["form"].errors
    over(share, "closed")
    assert client.post(url, {"end_on": "2026-06-01"}).context["form"].non_field_errors()


def test_a_neighbour_with_shares_of_her_own_sees_and_changes_nothing_of_mine(client, share, things):
    neighbour = UserFactory().worker
    shared(neighbour, things.add(neighbour, "la sienne"))
    client.force_login(neighbour.user)
    assert len(client.get(reverse("accounts:shares")).context["rows"]) == 1
    args = [share.public_id]
    assert client.get(reverse("accounts:share", args=args)).status_code == 404
    assert client.post(reverse("accounts:share_close", args=args)).status_code == 404
    assert (
        client.post(reverse("accounts:share_extend", args=args), {"end_on": "2026-05-01"}).status_code == 404
    )
    item = share.items.get().public_id
    assert client.get(reverse("accounts:share_file", args=["thing", item])).status_code == 404
    share.refresh_from_db()
    assert (share.closed_at, share.end_on) == (None, END)


@pytest.mark.parametrize("name", ["shares", "share_new", "shared_index"])
def test_pages_ask_who_is_there(client, name):
    assert client.get(reverse(f"accounts:{name}")).status_code == 302


def test_the_list_costs_the_same_however_many(
    client, things, nadia, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(nadia.user)

    def fill(first, last):
        for number in range(first, last):
            opened(Client(), shared(nadia, things.add(nadia, "une"), email=f"lectrice{number}@exemple.fr"))

    fill(0, 2)
    with django_assert_max_num_queries(10) as first:
        client.get(reverse("accounts:shares"))
    asked = len(first)
    fill(2, 6)
    with django_assert_num_queries(asked):
        client.get(reverse("accounts:shares"))


# An organisation -------------------------------------------------------------------------------------------


def test_members_read_with_their_accounts_and_it_is_written_down(client, things, nadia):
    place = OrganisationFactory(employer=True, name="Mairie")
    member = MembershipFactory(employer=True, organisation=place).user
    neighbour = MembershipFactory(employer=True).user
    share = shared(nadia, things.add(nadia, "Réparer des vélos"), organisation=place)
    url = reverse("accounts:shared", args=[share.public_id])
    item = share.items.get().public_id
    file = reverse("accounts:shared_file", args=[share.public_id, "thing", item])
    client.force_login(neighbour)
    assert list(client.get(reverse("accounts:shared_index")).context["page"].object_list) == []
    assert client.get(url).status_code == client.get(file).status_code == 404
    client.force_login(member)
    assert list(client.get(reverse("accounts:shared_index")).context["page"].object_list) == [share]
    assert looks() == 0
    assert client.head(url).content == b""
    assert looks() == 0
    response = client.get(url)
    assert "Réparer des vélos" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert client.get(file).content.decode() == "Réparer des vélos"
    assert {one.actor_id for one in FileOpening.objects.filter(share_id=share.pk)} == {member.pk}
    client.force_login(nadia.user)
    told = client.get(reverse("accounts:share", args=[share.public_id]))
    assert {who for _at, who in told.context["looks"]} == {member.display_name}


def test_the_name_of_an_account_without_one_is_not_its_address(client, things):
    worker = UserFactory(nameless=True, email="cachee@exemple.fr").worker
    share = shared(worker, things.add(worker, "une"))
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    open_with_code(actor=SYSTEM, share=share, typed=code_digits(code.public_id), now=NOW)
    session = client.session
    session["share_codes"] = {share.public_id.hex: str(code.public_id)}
    session.save()
    response = client.get(page("share_read", share))
    assert "cachee" not in response.content.decode()
    assert parts_of(share, TODAY)
