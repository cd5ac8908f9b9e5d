"""Who may do what with which part of another person's file: the one table of rights.

`accounts.access` decides by it, `docs/rules/access.md` shows it, and a test walks it with real rows. What is
not in it is refused. A row says what an actor *may* have; that the actor *is* such an actor today (a mandate
in force, a request that waits, a share that is open) is asked of the database at each request.

Sources: law.md section 2, read on 2026-11-23 (C. trav. L6313-4: the results go to the person alone, and to
anyone else with the person's consent; R6313-7: how long documents are kept); code pénal 226-13 (secrecy).
"""

from collections.abc import Mapping
from enum import StrEnum


class ActorKind(StrEnum):
    """What somebody is towards one file, on one day. Several may be true at once."""

    PERSON = "person"
    FOLLOW_UP_ADVISER = "follow_up_adviser"
    REVIEW_ADVISER = "review_adviser"
    BILAN_ADVISER = "bilan_adviser"
    REVIEW_READER = "review_reader"
    SHARE_READER = "share_reader"
    FORMER_ADVISER = "former_adviser"
    MACHINE = "machine"
    # Those below have no right whatever: they are here so that the table says so and the test tries them.
    ENDED_ADVISER = "ended_adviser"
    COLLEAGUE = "colleague"
    NEIGHBOUR = "neighbour"
    EMPLOYER_MEMBER = "employer_member"
    STAFF = "staff"
    VISITOR = "visitor"


class Thing(StrEnum):
    """A part of a file. Higher apps' objects are names here; the log of openings keeps the name."""

    RECORD = "record"
    FLAGS = "flags"
    WANTED_JOBS = "wanted_jobs"
    VIEWS = "views"
    CAREER = "career"
    EVIDENCE_FILE = "evidence_file"
    REVIEW_REQUEST = "review_request"
    BILAN = "bilan"
    APPOINTMENT = "appointment"
    SELF_ASSESSMENT = "self_assessment"
    DOCUMENT = "document"
    SHARED_ITEMS = "shared_items"
    SHARED_NOTE = "shared_note"
    PRIVATE_NOTE = "private_note"
    MESSAGE = "message"
    HANDOVER = "handover"
    CONSENTS = "consents"
    ACCESS_LOG = "access_log"


class Action(StrEnum):
    """READ sees it; WRITE adds to it or changes it; ANSWER gives a view or a yes to what was asked."""

    READ = "read"
    WRITE = "write"
    ANSWER = "answer"


R = frozenset({Action.READ})
RW = frozenset({Action.READ, Action.WRITE})
RA = frozenset({Action.READ, Action.ANSWER})
ALL = frozenset(Action)

Row = Mapping[Thing, frozenset[Action]]

_K, _T = ActorKind, Thing

#: What a person does with their own file: everything but the notes that an adviser keeps apart, and the log.
_OWN: dict[Thing, frozenset[Action]] = dict.fromkeys(Thing, ALL)
_OWN[_T.ACCESS_LOG] = R
del _OWN[_T.PRIVATE_NOTE]

_ADVISERS: dict[ActorKind, Row] = {
    _K.FOLLOW_UP_ADVISER: {
        _T.RECORD: R,
        _T.FLAGS: R,
        _T.WANTED_JOBS: R,
        _T.CAREER: R,
        _T.APPOINTMENT: RW,
        _T.SHARED_NOTE: RW,
        _T.PRIVATE_NOTE: RW,
        _T.MESSAGE: RW,
        _T.HANDOVER: RW,
    },
    # The files of proofs come with a review request alone, which opens what was ticked.
    _K.REVIEW_ADVISER: {_T.VIEWS: R, _T.HANDOVER: RW},
    _K.BILAN_ADVISER: {
        _T.BILAN: RW,
        _T.APPOINTMENT: RW,
        _T.SELF_ASSESSMENT: R,
        _T.DOCUMENT: RW,
        _T.SHARED_NOTE: RW,
        _T.PRIVATE_NOTE: RW,
        _T.MESSAGE: RW,
        _T.HANDOVER: RW,
    },
}

#: What a former adviser reads a while: what the purpose that moved let them read; a mandate to review leaves
#: nothing (`accounts.rules.handovers`).
_READ_BEFORE: Row = {
    thing: R
    for kind in (_K.FOLLOW_UP_ADVISER, _K.BILAN_ADVISER)
    for thing in _ADVISERS[kind]
    if thing is not _T.HANDOVER
}

TABLE: Mapping[ActorKind, Row] = {
    _K.PERSON: _OWN,
    **_ADVISERS,
    _K.REVIEW_READER: {_T.REVIEW_REQUEST: RA, _T.EVIDENCE_FILE: R},
    _K.SHARE_READER: {_T.SHARED_ITEMS: R},
    _K.FORMER_ADVISER: _READ_BEFORE,
    _K.MACHINE: dict.fromkeys(Thing, ALL),
    _K.ENDED_ADVISER: {},
    _K.COLLEAGUE: {},
    _K.NEIGHBOUR: {},
    _K.EMPLOYER_MEMBER: {},
    _K.STAFF: {},
    _K.VISITOR: {},
}

#: The purpose that makes somebody such an actor, as the log of openings writes it. The order is that in which
#: the door looks for one: the broadest relation first, so that a log line tells the ordinary reason.
PURPOSE_OF: Mapping[ActorKind, str] = {
    _K.FOLLOW_UP_ADVISER: "follow_up",
    _K.BILAN_ADVISER: "bilan",
    _K.REVIEW_ADVISER: "review",
    _K.REVIEW_READER: "answer",
    _K.SHARE_READER: "share",
    _K.FORMER_ADVISER: "handover",
}

#: What the page behind the door narrows further, in words for the people who read the table.
LIMITS: Mapping[tuple[ActorKind, Thing], str] = {
    (_K.REVIEW_ADVISER, _T.VIEWS): "those the person does not hide, with the skills they are about",
    (_K.BILAN_ADVISER, _T.BILAN): "the bilans with that adviser, from the day the person chose them",
    (_K.FOLLOW_UP_ADVISER, _T.APPOINTMENT): "those outside a bilan",
    (_K.BILAN_ADVISER, _T.DOCUMENT): "of the bilans with that adviser, until they are destroyed",
    **dict.fromkeys(
        [(_K.FORMER_ADVISER, thing) for thing in _READ_BEFORE],
        "30 days, what the purpose that moved let them read, unless the person ends it",
    ),
    **dict.fromkeys(
        [(kind, _T.PRIVATE_NOTE) for kind in (_K.FOLLOW_UP_ADVISER, _K.BILAN_ADVISER, _K.FORMER_ADVISER)],
        "one's own alone",
    ),
    **dict.fromkeys(
        [
            (_K.FOLLOW_UP_ADVISER, _T.HANDOVER),
            (_K.REVIEW_ADVISER, _T.HANDOVER),
            (_K.BILAN_ADVISER, _T.HANDOVER),
        ],
        "proposed by the adviser for the purposes they hold, answered by the person",
    ),
    (_K.REVIEW_READER, _T.REVIEW_REQUEST): "the skills that were ticked",
    (_K.REVIEW_READER, _T.EVIDENCE_FILE): "the files that were ticked",
    (_K.SHARE_READER, _T.SHARED_ITEMS): "the items that were ticked, after the code",
    (_K.PERSON, _T.ACCESS_LOG): "written by the door alone",
}


def allows(kind: ActorKind, thing: Thing, action: Action) -> bool:
    """Whether such an actor may do this with that part of the file."""
    return action in TABLE[kind].get(thing, frozenset())


def kinds_for(thing: Thing, action: Action) -> list[ActorKind]:
    """The actors who may, in the order in which the door looks for them: the person first."""
    ordered = [ActorKind.PERSON, ActorKind.MACHINE, *PURPOSE_OF]
    return [kind for kind in ordered if allows(kind, thing, action)]


def purposes_for(thing: Thing, action: Action) -> list[str]:
    """The purposes that give this right, in the order of the door."""
    return [PURPOSE_OF[kind] for kind in kinds_for(thing, action) if kind in PURPOSE_OF]


_TITLES: Mapping[ActorKind, str] = {
    _K.PERSON: "the person",
    _K.FOLLOW_UP_ADVISER: "adviser, follow-up",
    _K.REVIEW_ADVISER: "adviser, review",
    _K.BILAN_ADVISER: "adviser, bilan",
    _K.REVIEW_READER: "reader of a review request",
    _K.SHARE_READER: "reader of a share",
    _K.FORMER_ADVISER: "former adviser",
}


def as_markdown() -> str:
    """The table for people: one line a thing, one column an actor who may have a right."""
    notes: list[str] = []
    lines = [
        "| part of the file | " + " | ".join(_TITLES.values()) + " |",
        "|---" * (len(_TITLES) + 1) + "|",
    ]
    for thing in Thing:
        cells = [_cell(kind, thing, notes) for kind in _TITLES]
        lines.append(f"| {thing.value.replace('_', ' ')} | " + " | ".join(cells) + " |")
    none = ", ".join(kind.value.replace("_", " ") for kind, row in TABLE.items() if not row)
    lines += ["", *(f"{number}. {note}" for number, note in enumerate(notes, start=1))]
    return "\n".join([*lines, "", f"No right at all: {none}.", ""])


def _cell(kind: ActorKind, thing: Thing, notes: list[str]) -> str:
    actions = " ".join(action.value for action in Action if allows(kind, thing, action))
    note = LIMITS.get((kind, thing))
    if not actions or note is None:
        return actions or "–"
    if note not in notes:
        notes.append(note)
    return f"{actions} ({notes.index(note) + 1})"
