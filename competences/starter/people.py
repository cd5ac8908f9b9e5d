"""The demo people of people.toml, and the password they share."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

PASSWORD = "demo-perenne-2026"  # noqa: S105 - shown by `make run`; no account of the demo leaves the demo


@dataclass(frozen=True, slots=True)
class Stated:
    """A skill or knowledge that a person declared. `levels`: (days ago, level 1 to 8), oldest first."""

    kind: str
    id: str
    label: str
    source: str
    levels: tuple[tuple[int, int], ...]
    acquired: int | None = None
    practised: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A title that a person ("current" or "wanted") or an organisation (no use) names, since so many days."""

    id: str
    label: str
    since: int
    use: str = ""


@dataclass(frozen=True, slots=True)
class Lived:
    """A career period, from the month of `since` days ago to that of `until` days ago (None: it goes on).

    `title` is the identifier of the job in the first edition, where the person chose one.
    """

    kind: str
    since: int
    until: int | None = None
    text: str = ""
    title: str = ""
    contract: str = ""
    share: int | None = None
    organisation: str = ""
    place: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Bilan:
    """The last bilan, so many days ago, and the wished rhythm in months."""

    last: int
    rhythm_months: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Time in a bilan, so many days ago (before 0: to come), at that hour; `work`: the person's alone."""

    days: int
    hour: int
    minutes: int
    place: str = ""
    work: bool = False


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A bilan with the demo adviser, wished so many days ago, then begun, and in its second phase."""

    since: int
    begun: int
    investigated: int
    need: str
    employer: str
    funder: str
    cost: str
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True)
class Granted:
    """A mandate given to the demo adviser, so many days ago, one row a purpose."""

    since: int
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """A link or a certificate, added so many days ago, that proves skills named by their ids.

    A certificate was issued so many days ago and is `valid` so many days more.
    """

    kind: str
    title: str
    since: int
    skills: tuple[str, ...]
    url: str = ""
    issuer: str = ""
    issued: int | None = None
    valid: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A review asked of the demo adviser so many days ago: skills by their ids, evidence by its titles."""

    since: int
    question: str
    skills: tuple[str, ...]
    proofs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resume:
    """A CV that a person keeps, made so many days ago: what it says, and of which skills, by their ids."""

    name: str
    since: int
    headline: str
    summary: str
    contact: str
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worker:
    """Someone with a record; `statements` are of the demo's own reference, `digcomp` of DigComp."""

    email: str
    name: str
    jobs: tuple[Job, ...]
    statements: tuple[Stated, ...]
    digcomp: tuple[Stated, ...]
    periods: tuple[Lived, ...]
    bilan: Bilan | None
    under_way: UnderWay | None
    mandate: Granted | None
    proofs: tuple[Proof, ...] = ()
    review: Asked | None = None
    cvs: tuple[Resume, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who acts for an organisation, since so many days."""

    email: str
    name: str
    role: str
    since: int


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str
    kind: str
    members: tuple[Member, ...]
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """Everyone. Accounts were opened `joined` days ago; mandates go to `adviser`, of `adviser_body`."""

    joined: int
    organisations: tuple[Organisation, ...]
    workers: tuple[Worker, ...]
    adviser: str
    adviser_body: str


def read() -> Demo:
    """The people of people.toml."""
    data = tomllib.loads((HERE / "people.toml").read_text(encoding="utf-8"))
    return Demo(
        joined=data["joined"],
        organisations=tuple(
            Organisation(
                name=row["name"],
                kind=row["kind"],
                members=tuple(Member(**member) for member in row["member"]),
                jobs=tuple(Job(**job) for job in row.get("jobs", ())),
            )
            for row in data["organisation"]
        ),
        workers=tuple(_worker(row) for row in data["worker"]),
        adviser=data["mandates"]["adviser"],
        adviser_body=data["mandates"]["organisation"],
    )


def _worker(row: dict[str, Any]) -> Worker:
    mandate, review = row.get("mandate"), row.get("review")
    return Worker(
        email=row["email"],
        name=row["name"],
        jobs=tuple(Job(**job) for job in row["jobs"]),
        statements=_stated(row["statements"]),
        digcomp=_stated(row.get("digcomp", ())),
        periods=tuple(Lived(**period) for period in row.get("periods", ())),
        bilan=Bilan(**row["bilan"]) if "bilan" in row else None,
        under_way=_under_way(row["under_way"]) if "under_way" in row else None,
        mandate=Granted(mandate["since"], tuple(mandate["purposes"])) if mandate else None,
        proofs=tuple(Proof(**{**proof, "skills": tuple(proof["skills"])}) for proof in row.get("proofs", ())),
        review=Asked(**{**review, "skills": tuple(review["skills"]), "proofs": tuple(review["proofs"])})
        if review
        else None,
        cvs=tuple(Resume(**{**cv, "skills": tuple(cv["skills"])}) for cv in row.get("cvs", ())),
    )


def _under_way(row: dict[str, Any]) -> UnderWay:
    return UnderWay(**{**row, "meetings": tuple(Meeting(**one) for one in row["meetings"])})


def _stated(rows: Sequence[dict[str, Any]]) -> tuple[Stated, ...]:
    return tuple(
        Stated(**{**row, "levels": tuple((days, level) for days, level in row["levels"])}) for row in rows
    )
