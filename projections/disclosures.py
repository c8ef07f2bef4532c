"""Statements on their way to the board and on it: every version, how far it came, and by what it is found."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, ClassVar, Literal

import msgspec
from sqlalchemy import or_, select

from ledger.actions.disclosure import DisclosureApproved, DisclosureDrafted, DisclosurePublished
from ledger.composing import Wanted
from ledger.events import Event, Recorded
from projections.database import reading
from projections.snapshot import Snapshot, paged
from projections.view import (
    COUNT,
    DAY,
    PLACE,
    TEXT,
    Fields,
    Key,
    Shape,
    View,
    Write,
    day_number,
    day_of,
    each,
)

BEYOND_HEX = "g"  # comes after every hexadecimal digit
DAYS = ("starts_on", "ends_on", "drafted_on", "approved_on", "published_on")


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record that published it; `until`: the last record it was made of, `head` its leaf hash.

    `restated_by_version`: the version that takes its place, if one does.
    """

    ledger: str
    disclosure: str
    version: int
    table: str
    starts_on: date
    ends_on: date
    until: int
    head: str
    statement_sha256: str
    pdf_sha256: str
    code: str
    url: str
    published_on: date
    number: int
    restated_by_version: int | None = None


class VersionRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version. Made of the records up to `until`, the last of which has the leaf hash `head`.

    `drafted_number`, `approved_number`, `number`: the records that drafted, approved and published it.
    `cautions`: codes of what its signers had to know. `reason`, `changes`: why it restates the version before
    it, and how many figures differ. `prepared_by`, `reviewed_by`: roles.
    """

    version: int
    state: Literal["drafted", "approved", "published", "restated"]
    until: int
    head: str
    statement_sha256: str
    drafted_number: int | None = None
    drafted_on: date | None = None
    prepared_by: str | None = None
    cautions: tuple[str, ...] = ()
    reason: str | None = None
    changes: int = 0
    approved_number: int | None = None
    approved_on: date | None = None
    reviewed_by: str | None = None
    number: int | None = None
    published_on: date | None = None
    pdf_sha256: str | None = None
    code: str | None = None
    url: str | None = None
    restated_by_version: int | None = None


class DisclosureRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One disclosure with all its versions, in order. `number`: the record that first drafted it."""

    disclosure: str
    number: int
    table: str
    starts_on: date = msgspec.field(name="from")
    ends_on: date = msgspec.field(name="to")
    scope: str | None = None
    subject: str | None = None
    versions: tuple[VersionRow, ...] = ()

    @property
    def wanted(self) -> Wanted:
        """Which statement it is."""
        return Wanted(self.table, self.starts_on, self.ends_on, self.scope, self.subject)

    @property
    def published(self) -> VersionRow | None:
        """The version that holds: published last; none if none was."""
        return next((one for one in reversed(self.versions) if one.number is not None), None)

    @property
    def draft(self) -> VersionRow | None:
        """The version that waits to be published."""
        return next((one for one in self.versions if one.number is None), None)

    def version(self, number: int) -> VersionRow | None:
        """The version of that number, none if there is none."""
        return next((one for one in self.versions if one.version == number), None)


@reading
def page(
    snapshot: Snapshot, ledger: str, *, after: int | None = None, limit: int = 50, newest_first: bool = False
) -> list[DisclosureRow]:
    """Disclosures by the record that first drafted them; `after`: that of the last row of the page before."""
    version = snapshot.table("disclosures", "version")
    first = select(version).where(version.c.ledger == ledger, version.c.version == 1)
    query = paged(first, version.c.begun, after=after, limit=limit, newest_first=newest_first)
    begun = [row.disclosure for row in snapshot.rows(query)]
    found = {row.disclosure: row for row in _disclosures(snapshot, ledger, begun)}
    return [found[disclosure] for disclosure in begun]


@reading
def one(snapshot: Snapshot, ledger: str, disclosure: str) -> DisclosureRow | None:
    """One disclosure, none if there is no such id."""
    return next(iter(_disclosures(snapshot, ledger, [disclosure])), None)


@reading
def newest(snapshot: Snapshot, ledger: str) -> list[DisclosureRow]:
    """Of every table the published disclosure about the latest days, in the order of the tables' names."""
    version = snapshot.table("disclosures", "version")
    of_it = select(version).where(version.c.ledger == ledger, version.c.code.is_not(None))
    in_order = of_it.order_by(version.c.ends_on, version.c.starts_on, version.c.number)
    latest = {row.table: row.disclosure for row in snapshot.rows(in_order)}
    found = _disclosures(snapshot, ledger, list(latest.values()))
    return sorted(found, key=lambda row: (len(row.table), row.table))


@reading
def by_code(snapshot: Snapshot, code: str) -> Published | None:
    """The version with this code on its paper, in any ledger."""
    version = snapshot.table("disclosures", "version")
    rows = snapshot.rows(select(version).where(version.c.code == code).order_by(version.c.number))
    return _published(rows[0]) if rows else None


@reading
def by_digest(snapshot: Snapshot, prefix: str) -> list[Published]:
    """The versions whose digest, or whose paper's, begins with these lower hex digits, newest first."""
    version = snapshot.table("disclosures", "version")
    digests = (version.c.statement_sha256, version.c.pdf_sha256)
    begins = or_(*((digest >= prefix) & (digest < prefix + BEYOND_HEX) for digest in digests))
    newest_first = version.c.ledger, version.c.disclosure, version.c.version.desc()
    found = select(version).where(begins, version.c.code.is_not(None)).order_by(*newest_first)
    return [_published(row) for row in snapshot.rows(found)]


@reading
def latest(snapshot: Snapshot, ledger: str, disclosure: str) -> Published | None:
    """The newest version of a disclosure, none if it was never published."""
    version = snapshot.table("disclosures", "version")
    of_it = select(version).where(version.c.ledger == ledger, version.c.disclosure == disclosure)
    published = of_it.where(version.c.code.is_not(None)).order_by(version.c.version.desc())
    rows = snapshot.rows(published.limit(1))
    return _published(rows[0]) if rows else None


def _disclosures(snapshot: Snapshot, ledger: str, named: Sequence[str]) -> list[DisclosureRow]:
    version = snapshot.table("disclosures", "version")
    of_them = select(version).where(version.c.ledger == ledger, version.c.disclosure.in_(named))
    rows = snapshot.rows(of_them.order_by(version.c.disclosure, version.c.version))
    return [_disclosure(list(some)) for _, some in groupby(rows, key=lambda row: row.disclosure)]


def _disclosure(rows: Sequence[Any]) -> DisclosureRow:
    fields, versions = _fields(rows[0]), tuple(_version(row) for row in rows)
    own = {name: fields[name] for name in ("disclosure", "table", "starts_on", "ends_on", "scope", "subject")}
    return DisclosureRow(**own, number=fields["begun"], versions=versions)


def _version(row: Any) -> VersionRow:
    fields = _fields(row)
    state = "drafted" if row.approved_number is None else "approved"
    if row.number is not None:
        state = "published" if row.restated_by_version is None else "restated"
    own = {name: fields[name] for name in VersionRow.__struct_fields__ if name in fields}
    return msgspec.convert(own | {"state": state, "cautions": tuple(row.cautions.split())}, VersionRow)


def _published(row: Any) -> Published:
    fields = _fields(row)
    return Published(**{name: fields[name] for name in Published.__struct_fields__})


def _fields(row: Any) -> dict[str, Any]:
    fields = {**row._mapping}
    return fields | {day: day_of(fields[day]) for day in DAYS}


class Disclosures(View):
    """One row per version; a draft that is composed again takes the place of the one before."""

    name: ClassVar[str] = "disclosures"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "version": Shape(
            {"ledger": TEXT, "disclosure": TEXT, "version": COUNT},
            {
                **each(TEXT, "table scope subject head statement_sha256 pdf_sha256 code url"),
                **each(TEXT, "cautions reason prepared_by reviewed_by"),
                **each(DAY, " ".join(DAYS)),
                **each(PLACE, "begun until drafted_number approved_number number"),
                **each(COUNT, "changes restated_by_version"),
            },
            indexes=(("code",), ("statement_sha256",), ("pdf_sha256",), ("ledger", "begun")),
        )
    }
    takes = (DisclosureDrafted, DisclosureApproved, DisclosurePublished)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        rows = write.known("version", [_key(recorded, back) for recorded in batch for back in (0, 1)])
        for recorded in batch:
            before, row = rows.get(_key(recorded, back=1)), rows.setdefault(_key(recorded), {})
            match recorded.data:
                case DisclosureDrafted():
                    begun = row.get("begun", recorded.number)
                    row.clear()
                    row.update(begun=begun, **_of_draft(recorded))
                case DisclosureApproved():
                    row.update(_of_approval(recorded))
                case DisclosurePublished(version=version):
                    row.update({"begun": recorded.number, "cautions": "", "changes": 0} | row)
                    row.update(_of_publication(recorded))
                    if before is not None:
                        before["restated_by_version"] = version
        write.put("version", rows)


def _key(recorded: Recorded[Any], back: int = 0) -> Key:
    return recorded.ledger, recorded.data.disclosure, recorded.data.version - back


def _of_statement(event: DisclosureDrafted | DisclosurePublished) -> Fields:
    wanted = event.wanted._asdict()
    made_of = {name: getattr(event, name) for name in ("until", "head", "statement_sha256", "reason")}
    return wanted | made_of | {day: day_number(wanted[day]) for day in ("starts_on", "ends_on")}


def _of_draft(recorded: Recorded[Any]) -> Fields:
    event: DisclosureDrafted = recorded.data
    return _of_statement(event) | {
        "drafted_number": recorded.number,
        "drafted_on": day_number(recorded.occurred_on),
        "prepared_by": recorded.envelope.by.role,
        "cautions": " ".join(event.cautions),
        "changes": event.changes,
    }


def _of_approval(recorded: Recorded[Any]) -> Fields:
    return {
        "approved_number": recorded.number,
        "approved_on": day_number(recorded.occurred_on),
        "reviewed_by": recorded.envelope.by.role,
    }


def _of_publication(recorded: Recorded[Any]) -> Fields:
    event: DisclosurePublished = recorded.data
    names = ("pdf_sha256", "code", "url", "prepared_by", "reviewed_by")
    return _of_statement(event) | {
        "number": recorded.number,
        "published_on": day_number(event.published_on),
        **{name: getattr(event, name) for name in names},
    }


VIEW = Disclosures()
