"""Dates and hours to put in one's calendar, as iCalendar files (RFC 5545)."""

import datetime as dt

from icalendar import Calendar, Event


def day_calendar(*, uid: str, day: dt.date, title: str, text: str, url: str, now: dt.datetime) -> bytes:
    """One whole day: a date has no hour, so no time zone and no change of hour moves it.

    `uid` names the entry: the same one later replaces it. `now` is an instant with its zone.
    """
    event = _event(uid=uid, title=title, text=text, url=url, now=now)
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return _file(event)


def hour_calendar(
    *,
    uid: str,
    starts_at: dt.datetime,
    minutes: int,
    title: str,
    text: str,
    place: str,
    url: str,
    version: int,
    is_cancelled: bool,
    now: dt.datetime,
) -> bytes:
    """An appointment of so many minutes from an instant, told in UTC: a calendar knows its own zone.

    A later `version` of the same `uid` takes the place of the former; one that is called off says so.
    """
    event = _event(uid=uid, title=title, text=text, url=url, now=now)
    begins = starts_at.astimezone(dt.UTC)
    event.add("dtstart", begins)
    event.add("dtend", begins + dt.timedelta(minutes=minutes))
    event.add("sequence", version)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    if place:
        event.add("location", place)
    return _file(event)


def _event(*, uid: str, title: str, text: str, url: str, now: dt.datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("summary", title)
    event.add("description", text)
    event.add("url", url)
    return event


def _file(event: Event) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Perenne//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()
