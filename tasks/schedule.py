"""The whole timetable, as data: nothing else in the house runs by the clock.

Each line: the job, when, and how long it stays worth doing. A job that waited longer than its expiry is
dropped: its next turn has come, and every job does all that is due, not what came since the last turn.
"""

from celery.schedules import crontab, schedule

MINUTE = 60
HOUR = 60 * MINUTE

SCHEDULE = {
    # Somebody who signs up waits in front of the screen for the message.
    "deliver-notifications": {
        "task": "tasks.jobs.notifications.deliver",
        "schedule": schedule(5),
        "options": {"expires": 5},
    },
    # Somebody who asked for a file waits in front of its page; cheap when nobody did.
    "build-exports": {
        "task": "tasks.jobs.exports.build",
        "schedule": schedule(5),
        "options": {"expires": 5},
    },
    # A file is promised for a day: an hour more is soon enough.
    "remove-old-exports": {
        "task": "tasks.jobs.exports.remove_old",
        "schedule": crontab(minute=25),
        "options": {"expires": HOUR},
    },
    # Somebody who sent an edition waits in front of the page for what was found in it.
    "process-uploads": {
        "task": "tasks.jobs.uploads.process",
        "schedule": schedule(3),
        "options": {"expires": 3},
    },
    # Somebody who brought a long file waits in front of its page; cheap when nobody did.
    "match-record-imports": {
        "task": "tasks.jobs.record_imports.match",
        "schedule": schedule(5),
        "options": {"expires": 5},
    },
    # After an import, or after the death of a worker that was at it; cheap when nothing waits.
    "assess-risks": {
        "task": "tasks.jobs.risks.assess",
        "schedule": schedule(15),
        "options": {"expires": 15},
    },
    # A date that somebody has just set may call for a message today; each hour is soon enough.
    "refresh-reminders": {
        "task": "tasks.jobs.reminders.refresh",
        "schedule": crontab(minute=10),
        "options": {"expires": HOUR},
    },
    # The ten days of a convention end with a day: the hour after midnight is soon enough.
    "lapse-conventions": {
        "task": "tasks.jobs.bilans.lapse",
        "schedule": crontab(hour=0, minute=20),
        "options": {"expires": 12 * HOUR},
    },
    # At night, when nobody is disturbed by large deletions.
    "clean-up": {
        "task": "tasks.jobs.housekeeping.clean_up",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 12 * HOUR},
    },
    # A person's bytes do not outlive their account by more than a day or two.
    "sweep-evidence": {
        "task": "tasks.jobs.evidence.sweep",
        "schedule": crontab(hour=3, minute=45),
        "options": {"expires": 12 * HOUR},
    },
    # The law wants them gone at the end; the hour after midnight, when the day begins.
    "destroy-documents": {
        "task": "tasks.jobs.documents.destroy",
        "schedule": crontab(hour=1, minute=5),
        "options": {"expires": 12 * HOUR},
    },
    # A day is promised: the hour after midnight, once the documents of that day are gone.
    "erase-accounts": {
        "task": "tasks.jobs.erasure.erase",
        "schedule": crontab(hour=1, minute=25),
        "options": {"expires": 12 * HOUR},
    },
    # Proposals wait for thirty days: a night more is soon enough.
    "expire-record-imports": {
        "task": "tasks.jobs.record_imports.expire",
        "schedule": crontab(hour=3, minute=45),
        "options": {"expires": 12 * HOUR},
    },
    # After the other deletions of the night.
    "clean-up-uploads": {
        "task": "tasks.jobs.uploads.clean_up",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 12 * HOUR},
    },
    # Somebody who leaves today hands over today: what came due is looked at each hour.
    "settle-handovers": {
        "task": "tasks.jobs.handovers.settle",
        "schedule": crontab(minute=20),
        "options": {"expires": HOUR},
    },
    # At night, with the other deletions: the day of a note is told, not its hour.
    "destroy-notes": {
        "task": "tasks.jobs.notes.destroy",
        "schedule": crontab(hour=3, minute=55),
        "options": {"expires": 12 * HOUR},
    },
}
