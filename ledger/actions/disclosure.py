"""Statements on their way to the board: drafted by one person, approved by another, frozen, restated.

What is recorded of a statement is how far it reads and the digest of its canonical bytes: whoever has the
events computes the same bytes again (verification.md).
"""

from datetime import date
from typing import ClassVar, Literal, NamedTuple, cast

import msgspec

from ledger.actions.community import Register
from ledger.actions.decision import check_scope
from ledger.actions.firm_debrief import Period
from ledger.actions.rules import Rules
from ledger.actions.unit_account import scope_of_book
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command, check_period
from ledger.composing import Composed, Composing, Earlier, Issue, Wanted
from ledger.errors import LedgerError, Refused
from ledger.events import Event, Recorded
from ledger.fields import Count, Day, Id, Line, Paragraph, RecordNumber, Scope, Sha256, Whole
from ledger.rules.law import Judged
from ledger.rules.tables import Table, tables
from ledger.state import Slice, State

TableId = Literal["T1", "T2", "T3", "T4", "T7", "T9", "T11", "T12", "T13"]
AUTHORS: tuple[Role, ...] = ("secretary", "treasurer", "bookkeeper")
REVIEWERS: tuple[Role, ...] = ("chair", "member")
BEFORE_THE_BOOKS = "before-the-books"  # said of a period that was over before the ledger began


# -- what can have happened ------------------------------------------------------------------------


class DisclosureVersion(Event, frozen=True, kw_only=True):
    """Base of what is recorded of a statement composed of the records up to `until`, its digest among it.

    `head`: the leaf hash of that record. A version above 1 restates the one before, for a `reason`.
    """

    disclosure: Id
    version: Whole
    table: TableId
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")
    scope: Scope | None = None
    subject: Id | None = None
    until: RecordNumber
    head: Sha256
    statement_sha256: Sha256
    reason: Paragraph | None = None

    @property
    def wanted(self) -> Wanted:
        """Which statement it is."""
        scope = self.scope.name if self.scope else None
        return Wanted(self.table, self.starts_on, self.ends_on, scope, self.subject)


class DisclosureDrafted(DisclosureVersion, frozen=True, kw_only=True):
    """A statement as its signers will read it: with `cautions`, and so many `changes` of figures."""

    kind: ClassVar[str] = "disclosure.drafted"

    cautions: tuple[Line, ...] = ()
    changes: Count = 0

    def tags(self) -> tuple[str, ...]:
        return f"disclosure:{self.disclosure}", tag_of(self.wanted)


class DisclosureApproved(Event, frozen=True, kw_only=True):
    """Another person stands for exactly this draft."""

    kind: ClassVar[str] = "disclosure.approved"

    disclosure: Id
    version: Whole
    statement_sha256: Sha256

    def tags(self) -> tuple[str, ...]:
        return (f"disclosure:{self.disclosure}",)


class DisclosurePublished(DisclosureVersion, frozen=True, kw_only=True):
    """A statement is public and frozen: its digest, that of its paper, and the code on the paper."""

    kind: ClassVar[str] = "disclosure.published"

    pdf_sha256: Sha256
    code: Line
    url: Line
    published_on: Day
    prepared_by: Line
    reviewed_by: Line

    def tags(self) -> tuple[str, ...]:
        about = tables()[self.table].about
        tags = f"disclosure:{self.disclosure}", "disclosures"
        return tags if about is None or self.subject is None else (*tags, f"{about}:{self.subject}")


# -- what must be known ----------------------------------------------------------------------------


def tag_of(wanted: Wanted) -> str:
    """The tag all drafts of one statement share, whatever they are called."""
    table = wanted.table.lower()
    if wanted.subject is not None:  # of one thing there is one statement, over whatever days
        return f"statement:{table}-{wanted.subject}"
    return f"statement:{table}-{wanted.starts_on}-{wanted.ends_on}-{wanted.scope or 'whole'}"


class Version(NamedTuple):
    """A draft and who made it; who approved it, if anybody did."""

    drafted: DisclosureDrafted
    drafted_by: Authorship
    prepared_by: str
    reviewed_by: str | None = None


class Disclosure(State):
    """One disclosure: its newest draft, and what was published last."""

    subject = "disclosure"
    draft: Version | None = None  # not published yet
    published: DisclosurePublished | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case DisclosureDrafted() as drafted:
                role = recorded.envelope.by.role
                self.draft = Version(drafted, Authorship.of(recorded), role)
            case DisclosureApproved() if self.draft is not None:
                self.draft = self.draft._replace(reviewed_by=recorded.envelope.by.role)
            case DisclosurePublished() as published:
                self.draft, self.published = None, published

    def drafted(self) -> Version:
        """The draft that waits. Errors: `Refused`."""
        if self.draft is None:
            if self.published is not None:
                raise Refused("disclosure.already-published", disclosure=self.identity)
            raise Refused("disclosure.unknown", disclosure=self.identity)
        return self.draft

    def reviewed(self, by: Actor) -> Version:
        """The draft that waits, for who did not write it. Errors: `Refused`."""
        draft = self.drafted()
        if by.wrote(draft.drafted_by):
            raise Refused("disclosure.own-draft", disclosure=self.identity)
        return draft


class OfStatement(State):
    """By which disclosure a statement is made: one statement is never published under two names."""

    subject = "statement"
    disclosure: str | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case DisclosureDrafted(disclosure=disclosure):
                self.disclosure = self.disclosure or disclosure


# -- what may be asked -----------------------------------------------------------------------------


class OfDisclosure(Command, frozen=True, kw_only=True):
    """Base of commands about one disclosure."""

    disclosure: Id

    def query(self) -> tuple[Slice, ...]:
        return Disclosure.of(self.disclosure), Rules.of()


class DraftDisclosure(OfDisclosure, frozen=True, kw_only=True):
    """Compose a statement of all that is recorded now. Drafted again, it is composed again.

    `subject`: the decision, project or debrief that a table about one thing is about.
    """

    name: ClassVar[str] = "draft-disclosure"
    roles: ClassVar[tuple[Role, ...]] = AUTHORS

    table: TableId
    period: Period
    scope: Scope | None = None
    subject: Id | None = None

    @property
    def wanted(self) -> Wanted:
        """Which statement is asked for."""
        scope = self.scope.name if self.scope and self.scope.kind != "whole" else None
        return Wanted(self.table, self.period.starts_on, self.period.ends_on, scope, self.subject)

    def query(self) -> tuple[Slice, ...]:
        statement = OfStatement.of(tag_of(self.wanted).partition(":")[2])
        return *super().query(), statement, Register.of()

    def composes(
        self, disclosure: Disclosure, _: Rules, statement: OfStatement, register: Register
    ) -> Composing:
        _check_wanted(tables()[self.table], self.period.starts_on, self.period.ends_on, self)
        check_scope(self.scope, register)
        if disclosure.published is not None:
            raise Refused("disclosure.already-published", disclosure=self.disclosure)
        if disclosure.draft is not None and disclosure.draft.drafted.wanted != self.wanted:
            raise Refused("disclosure.of-another-statement", disclosure=self.disclosure)
        if statement.disclosure not in (None, self.disclosure):
            raise Refused("disclosure.statement-taken", disclosure=statement.disclosure)
        return Composing(self.wanted)

    def decide(self, by: Actor, disclosure: Disclosure, rules: Rules, *_: State) -> Judged:  # noqa: ARG002
        _check_today(self, by)
        if self.period.ends_on > by.received_on:
            raise Refused("disclosure.period-not-over", ends_on=self.period.ends_on)
        if BEFORE_THE_BOOKS in by.composition.cautions:
            raise Refused("disclosure.before-the-books", ends_on=self.period.ends_on)
        drafted = _drafted(self.disclosure, 1, by.composition)
        return rules.judge(self).of(drafted)


class ApproveDisclosure(OfDisclosure, frozen=True, kw_only=True):
    """Stand for a draft; not by who drafted it. `statement_sha256`: the digest of what was read.

    Left out, it is the draft as it is now; whoever reads first and signs later says which one was read.
    """

    name: ClassVar[str] = "approve-disclosure"
    roles: ClassVar[tuple[Role, ...]] = REVIEWERS

    statement_sha256: Sha256 | None = None

    def decide(self, by: Actor, disclosure: Disclosure, rules: Rules) -> Judged:
        _check_today(self, by)
        draft = disclosure.reviewed(by)
        if draft.reviewed_by is not None:
            raise Refused("disclosure.already-approved", disclosure=self.disclosure)
        drafted = draft.drafted
        if self.statement_sha256 not in (None, drafted.statement_sha256):
            raise Refused("disclosure.draft-changed", disclosure=self.disclosure)
        return rules.judge(self).of(
            DisclosureApproved(
                disclosure=self.disclosure,
                version=drafted.version,
                statement_sha256=drafted.statement_sha256,
            )
        )


class PublishDisclosure(OfDisclosure, frozen=True, kw_only=True):
    """Freeze an approved statement and its paper; not by who drafted it."""

    name: ClassVar[str] = "publish-disclosure"
    roles: ClassVar[tuple[Role, ...]] = REVIEWERS

    def composes(self, disclosure: Disclosure, rules: Rules) -> Composing:  # noqa: ARG002
        draft = disclosure.drafted()
        if draft.reviewed_by is None:
            raise Refused("disclosure.not-approved", disclosure=self.disclosure)
        drafted = draft.drafted
        issue = Issue(self.disclosure, drafted.version, self.legal_date, draft.prepared_by, draft.reviewed_by)
        return composing_of(drafted, disclosure.published)._replace(issue=issue)

    def decide(self, by: Actor, disclosure: Disclosure, rules: Rules) -> Judged:
        _check_today(self, by)
        draft, composed = disclosure.reviewed(by), by.composition
        drafted, issue = draft.drafted, composed.composing.issue
        if composed.statement_sha256 != drafted.statement_sha256:
            raise LedgerError("disclosure.not-reproduced", disclosure=self.disclosure, until=drafted.until)
        if issue is None or not (composed.pdf_sha256 and composed.code and composed.url):
            raise LedgerError("disclosure.not-printed", disclosure=self.disclosure)
        return rules.judge(self).of(
            DisclosurePublished.sharing(
                drafted,
                pdf_sha256=composed.pdf_sha256,
                code=composed.code,
                url=composed.url,
                published_on=issue.published_on,
                prepared_by=issue.prepared_by,
                reviewed_by=issue.reviewed_by,
            )
        )


class RestateDisclosure(OfDisclosure, frozen=True, kw_only=True):
    """Compose a published statement again of all that is recorded now, as its next version, for a reason."""

    name: ClassVar[str] = "restate-disclosure"
    roles: ClassVar[tuple[Role, ...]] = AUTHORS

    reason: Paragraph

    def composes(self, disclosure: Disclosure, rules: Rules) -> Composing:  # noqa: ARG002
        published = disclosure.published
        if published is None:
            if disclosure.draft is not None:
                raise Refused("disclosure.not-published", disclosure=self.disclosure)
            raise Refused("disclosure.unknown", disclosure=self.disclosure)
        return Composing(published.wanted, None, Earlier(published.version, published.until, self.reason))

    def decide(self, by: Actor, disclosure: Disclosure, rules: Rules) -> Judged:
        _check_today(self, by)
        composed = by.composition
        if composed.changes == 0:
            raise Refused("disclosure.nothing-changed", disclosure=self.disclosure)
        version = cast(DisclosurePublished, disclosure.published).version + 1
        return rules.judge(self).of(_drafted(self.disclosure, version, composed))


def composing_of(version: DisclosureVersion, before: DisclosurePublished | None) -> Composing:
    """What gives a version again; `before`: the one published before it, which it restates for a reason."""
    earlier = Earlier(before.version, before.until, version.reason) if before and version.reason else None
    return Composing(version.wanted, version.until, earlier)


def _check_today(asked: Command, by: Actor) -> None:
    """Refuse another day than today: duties are judged by the day of these acts."""
    if asked.legal_date != by.received_on:
        raise Refused("disclosure.not-today", today=by.received_on)


def _check_wanted(table: Table, starts_on: date, ends_on: date, asked: DraftDisclosure) -> None:
    """Refuse a statement no table gives: another period, a part it does not know, about nothing."""
    check_period(starts_on, ends_on)
    if not table.covers(starts_on, ends_on):
        raise Refused("disclosure.period-does-not-fit", table=asked.table, period=table.period)
    if asked.scope is not None and asked.scope.kind != "whole" and not table.is_by_scope:
        raise Refused("disclosure.not-by-scope", table=asked.table)
    if asked.subject is None and table.about is not None:
        raise Refused("disclosure.subject-missing", table=asked.table)
    if asked.subject is not None and table.about is None:
        raise Refused("disclosure.subject-not-asked", table=asked.table)


def _drafted(disclosure: str, version: int, composed: Composed) -> DisclosureDrafted:
    wanted, restates = composed.composing.wanted, composed.composing.restates
    return DisclosureDrafted(
        disclosure=disclosure,
        version=version,
        table=cast(TableId, wanted.table),
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        scope=scope_of_book(wanted.scope) if wanted.scope else None,
        subject=wanted.subject,
        until=composed.until,
        head=composed.head,
        statement_sha256=composed.statement_sha256,
        cautions=composed.cautions,
        reason=restates.reason if restates else None,
        changes=composed.changes,
    )
