"""What every walk does: bring an edition, sign in, look whether a page is accessible."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from accounts.actors import SYSTEM
from accounts.models import User
from competences.services.references import import_edition
from competences.starter import people

FOLDER = Path(people.__file__).parent
PASSWORD = "une longue phrase de passe"

CAPTIONS_CUT = """
[...document.querySelectorAll(".scroll caption > span:not(.hidden-text)")]
    .filter(s => s.getBoundingClientRect().right > s.closest(".scroll").getBoundingClientRect().right + 1)
    .map(s => s.textContent)
"""
"""The captions of tables of which a part is out of their frame."""

CURRENT_CUT = """
[...document.querySelectorAll(".space-nav [aria-current]")]
    .filter(a => a.getBoundingClientRect().left < 0 || a.getBoundingClientRect().right > window.innerWidth)
    .map(a => a.textContent)
"""
"""The current entry of the small navigation, where a part of it is out of the screen."""


def edition(number: int) -> None:
    """Imports an edition of the starter data, straight through the service."""
    import_edition(actor=SYSTEM, format="rome", paths=[FOLDER / f"demo_v{number}"], slug="demo", apply=True)


def sign_in(page: Page, root: str, user: User) -> None:
    """Through the form, as a person does."""
    page.goto(f"{root}/compte/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)


def accessible(page: Page) -> None:
    """No serious or critical violation, nothing wider than the screen, and where one is in sight."""
    found = Axe().run(page).response["violations"]
    grave = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]
    assert not grave, f"{page.url}: {grave}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    assert page.evaluate(CAPTIONS_CUT) == [], page.url
    assert page.evaluate(CURRENT_CUT) == [], page.url


def press(page: Page, name: str, *, exact: bool = True) -> None:
    """Sends a form, and waits for its answer: what is counted next is never the page before."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=exact).first.click()


def follow(page: Page, name: str, *, exact: bool = True) -> None:
    """Opens a link, and waits for its page."""
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=exact).first.click()
