"""The registered kinds of messages. Each app registers its own in `AppConfig.ready()`.

    register(
        NotificationKind(
            name="skill_at_risk",
            category=Category.SKILLS,
            title=gettext_lazy("Une compétence demande votre attention"),
            template="skill_at_risk",
            is_obsolete=lambda notification: …,
            context=lambda notification: {…},
        )
    )

Templates are templates/email/<template>.subject.txt, .txt and .html; they receive `recipient`, `base_url`,
`subject` and what `context` returns. Subjects never name a bilan, a flag or an adviser: a phone shows them to
whoever stands near. The page of messages shows the subject and the text again, with `on_page` true and
without `context`: greetings, addresses and tokens are then left out. What may not be said in a mailbox is
said there by `details`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise

from accounts.enums import Audience, Category, Priority
from accounts.models import Notification, User
from accounts.models.notifications import EMAIL
from accounts.registry import Registry


def never(notification: Notification) -> bool:
    """For a message that stays true however late it leaves."""
    return False


def nothing(notification: Notification) -> dict[str, Any]:
    """For a message that says the same to everybody."""
    return {}


@dataclass(frozen=True, slots=True)
class Detail:
    """What a signed-in person reads under a message, and the page that holds the rest.

    `page` and `arguments` are the name and the arguments of an address; empty when there is nothing to open.
    """

    text: str = ""
    label: str = ""
    page: str = ""
    arguments: tuple[Any, ...] = ()


Details = Callable[[Sequence[Notification], User, date], Mapping[int, Detail]]


def no_details(rows: Sequence[Notification], recipient: User, on: date) -> Mapping[int, Detail]:
    """For a message whose text says it all."""
    return {}


Acted = Callable[[Sequence[Notification]], Collection[int]]


def no_act(rows: Sequence[Notification]) -> Collection[int]:
    """For a message that asks nothing."""
    return ()


def own_address(notification: Notification) -> str:
    """The recipient's present address, or the other one that the row names."""
    return notification.address or notification.recipient.email


@dataclass(frozen=True, kw_only=True)
class NotificationKind:
    """A kind of message.

    - `title`: its name on the pages.
    - `security`: leaves first, and whatever the preferences.
    - `before_verification`: may leave to an address nobody has confirmed yet (the confirmation itself).
    - `is_obsolete(notification)`: asked when the message is about to leave; True calls it off.
    - `context(notification)`: the words of the templates, links and tokens included: none exists before.
    - `address(notification)`: where it goes; "" when it has nowhere to go any more.
    - `on_page`: whether its text is worth reading once signed in; False for a link asked for in a mailbox.
    - `audience`: whom it speaks to; the page of choices shows a person the kinds of their roles.
    - `channels`: names of the channels that carry it, one row of the outbox each.
    - `can_wait`: whether a digest may hold it; False for what is worth nothing a week later (an appointment).
    - `adviser_sees`: whether an adviser who follows the person sees that one is about to leave.
    - `acted(rows)`: keys of the sent rows whose recipient has done what they were about, read from the action
      itself; the same number of queries for one row and for a thousand.
    - `details(rows, recipient, on)`: the detail of each row of this kind by its key, for its recipient on
      that day; the same number of queries for one row and for fifty. What the person may no longer see is
      not in it.
    """

    name: str
    category: Category
    title: "str | Promise"
    template: str
    security: bool = False
    before_verification: bool = False
    is_obsolete: Callable[[Notification], bool] = field(default=never)
    context: Callable[[Notification], dict[str, Any]] = field(default=nothing)
    address: Callable[[Notification], str] = field(default=own_address)
    on_page: bool = True
    details: Details = field(default=no_details)
    audience: Audience = Audience.WORKER
    channels: tuple[str, ...] = (EMAIL,)
    can_wait: bool = True
    adviser_sees: bool = False
    acted: Acted = field(default=no_act)

    def __post_init__(self) -> None:
        if self.security != (self.category is Category.SECURITY):
            raise ValueError(f"{self.name}: security messages, and they alone, are in the security category.")
        if self.before_verification and not self.security:
            raise ValueError(f"{self.name}: only a security message may leave before verification.")

    @property
    def priority(self) -> Priority:
        """Its rank in the outbox."""
        return Priority.SECURITY if self.security else Priority.ORDINARY

    @property
    def templates(self) -> tuple[str, str, str]:
        """Names of its three templates: subject, text, HTML."""
        return tuple(f"email/{self.template}{end}" for end in (".subject.txt", ".txt", ".html"))  # type: ignore[return-value]


_registry: Registry[NotificationKind] = Registry("kind of notification")
register = _registry.register
unregister = _registry.unregister
get = _registry.get


def kinds() -> list[NotificationKind]:
    """All the kinds, by name."""
    return list(_registry)


def optional_categories() -> list[Category]:
    """The families that a person may switch off, in the order of `Category`: those with a registered kind."""
    used = {kind.category for kind in kinds() if not kind.security}
    return [category for category in Category if category in used]
