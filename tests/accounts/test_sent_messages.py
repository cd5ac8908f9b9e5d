"""The development mailbox: for a demonstration on one's own machine, and for nobody else."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts.mail import FolderBackend

pytestmark = pytest.mark.django_db

LIST = "/messages-envoyes/"
PRIVATE = "Subject: not for you\n\nnot for you"


@pytest.fixture
def mailbox(settings, tmp_path):
    """The demonstration settings and an empty mailbox."""
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def _send(subject, text="Bonjour,\nhttp://testserver/compte/ <b>", html="<h1>Bonjour</h1>"):
    message = EmailMultiAlternatives(subject, text, to=["nadia@exemple.fr"])
    if html:
        message.attach_alternative(html, "text/html")
    FolderBackend().send_messages([message])


def _newest(mailbox):
    return max(path.name for path in mailbox.iterdir())


def test_the_list_is_newest_first(client, mailbox):
    _send("Premier")
    _send("Deuxième, avec des accents")
    found = client.get(LIST).context["found"]
    assert [(message.subject, message.to) for message in found] == [
        ("Deuxième, avec des accents", "nadia@exemple.fr"),
        ("Premier", "nadia@exemple.fr"),
    ]


def test_an_empty_or_absent_mailbox_teaches(client, mailbox, settings):
    assert "Aucun message" in client.get(LIST).content.decode()
    settings.EMAIL_FILE_PATH = mailbox / "not yet"
    assert client.get(LIST).status_code == 200


def test_one_message_has_its_links_and_no_live_html(client, mailbox):
    _send("Objet")
    page = client.get(reverse("accounts:sent_message", args=[_newest(mailbox)])).content.decode()
    assert 'href="http://testserver/compte/"' in page
    assert "&lt;b&gt;" in page
    assert "<h1>Bonjour</h1>" not in page


def test_the_html_is_shut_in_a_sandbox(client, mailbox):
    _send("Objet", html="<script>alert(1)</script><h1>Bonjour</h1>")
    response = client.get(reverse("accounts:sent_message_html", args=[_newest(mailbox)]))
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert "<h1>Bonjour</h1>" in response.content.decode()


def test_a_message_without_html(client, mailbox):
    _send("Objet", html="")
    name = _newest(mailbox)
    page = client.get(reverse("accounts:sent_message", args=[name])).content.decode()
    assert reverse("accounts:sent_message_html", args=[name]) not in page


def test_pages_of_a_long_list(client, mailbox):
    for n in range(27):
        _send(f"Message {n}")
    assert len(client.get(LIST).context["found"]) == 25
    assert len(client.get(LIST, {"page": 2}).context["found"]) == 2


@pytest.mark.parametrize(
    "name", ["nothing.eml", "secret.txt", "..%2Fsecret.eml", ".hidden.eml", "a%00.eml", "%2Fetc%2Fpasswd"]
)
def test_only_files_of_the_list_are_read(client, mailbox, name):
    (mailbox.parent / "secret.eml").write_text(PRIVATE)
    (mailbox / "secret.txt").write_text(PRIVATE)
    (mailbox / ".hidden.eml").write_text(PRIVATE)
    for url in (f"{LIST}{name}/", f"{LIST}{name}/html/"):
        response = client.get(url)
        assert response.status_code == 404, url
        assert "not for you" not in response.content.decode()
    assert client.get(LIST).context["found"] == []


@pytest.mark.parametrize(
    ("demo", "request_fields", "status"),
    [
        (True, {"REMOTE_ADDR": "127.0.0.1"}, 200),
        (True, {"REMOTE_ADDR": "::1"}, 200),
        (False, {"REMOTE_ADDR": "127.0.0.1"}, 404),
        (True, {"REMOTE_ADDR": "192.168.1.7"}, 404),
        (True, {"REMOTE_ADDR": "::ffff:8.8.8.8"}, 404),
        (True, {"REMOTE_ADDR": ""}, 404),
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "8.8.8.8"}, 404),
    ],
)
def test_it_exists_for_a_demonstration_on_the_same_machine_alone(
    client, mailbox, settings, demo, request_fields, status
):
    settings.DEMO = demo
    _send("Objet")
    name = _newest(mailbox)
    for url in (LIST, f"{LIST}{name}/", f"{LIST}{name}/html/"):
        assert client.get(url, **request_fields).status_code == status
