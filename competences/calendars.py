"""A date to put in one's calendar, as an iCalendar file (RFC 5545)."""

import datetime as dt

from icalendar import Calendar, Event


def day_calendar(*, uid: str, day: dt.date, title: str, text: str, url: str, now: dt.datetime) -> bytes:
    """One whole day: a date has no hour, so no time zone and no change of hour moves it.

    `uid` names the entry: the same one later replaces it. `now` is an instant with its zone.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Perenne//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", title)
    event.add("description", text)
    event.add("url", url)
    calendar.add_component(event)
    return calendar.to_ical()
