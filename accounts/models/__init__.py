"""Tables of the accounts app, one module a noun."""

from accounts.models.address_faults import AddressFault
from accounts.models.calendar_feeds import CalendarFeed
from accounts.models.deliveries import DeliverySettings, KindSwitch
from accounts.models.erasures import Erasure, ErasureRequest
from accounts.models.handovers import Handover, HandoverPart
from accounts.models.mandate_requests import MandateRequest
from accounts.models.mandates import Mandate
from accounts.models.mutings import Muting
from accounts.models.notifications import Notification, NotificationPreference
from accounts.models.openings import FileOpening
from accounts.models.organisations import Membership, Organisation
from accounts.models.pauses import Pause, Snooze
from accounts.models.people import User, Worker
from accounts.models.shares import Share, ShareCode, ShareItem

__all__ = [
    "AddressFault",
    "CalendarFeed",
    "DeliverySettings",
    "Erasure",
    "ErasureRequest",
    "FileOpening",
    "Handover",
    "HandoverPart",
    "KindSwitch",
    "Mandate",
    "MandateRequest",
    "Membership",
    "Muting",
    "Notification",
    "NotificationPreference",
    "Organisation",
    "Pause",
    "Share",
    "ShareCode",
    "ShareItem",
    "Snooze",
    "User",
    "Worker",
]
