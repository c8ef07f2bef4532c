"""What the rules expect of committee, assembly and property firm, and by when (rules.md, section 2)."""

from collections.abc import Iterator
from datetime import date

from ledger.actions.assembly import AssemblyEstablished
from ledger.actions.committee import CommitteeSeated, ReelectionStarted
from ledger.actions.decision import CommitteeDecisionRecorded, VoteClosed, VoteOpened
from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.filing import Filed, FilingRecorded
from ledger.actions.firm_debrief import DebriefHeld
from ledger.actions.meeting import Meeting, MeetingHeld
from ledger.actions.posting import Paper
from ledger.actions.service_contract import ServiceContractEnded, ServiceContractSigned
from ledger.rules.semantics import Deadline, days_after, months_after
from projections.displays import Display, Done, Fact, shown
from projections.duty_book import (
    DutyBook,
    Expected,
    Expecting,
    Span,
    earliest,
    number_of,
    periods,
    years,
)

PREPARED_MONTHS = 3  # so long before its day the report of a re-election is on the list

# -- the committee and the assembly ----------------------------------------------------------------


def decision_posted(book: DutyBook) -> Iterator[Expected]:
    """A decision of the committee is posted within 3 days (COM-09)."""
    for one in book.all(CommitteeDecisionRecorded):
        decided_on, decision = one.event.decided_on, one.event.decision
        days = number_of(book.law(decided_on), "COM-09", "posting_days_max")
        display = book.display_of_decision(decision)
        yield from _posted("decision-posted", "COM-09", decided_on, days, decision, display)


def agenda_posted(book: DutyBook) -> Iterator[Expected]:
    """What the committee is to decide hangs 7 days before it meets, for owners to speak up (COM-10)."""
    met = {one.event.decided_on: one for one in reversed(book.all(CommitteeDecisionRecorded))}
    for met_on, first in sorted(met.items()):
        if (days := number_of(book.law(met_on), "COM-10", "days_min")) is not None:
            yield Expected(
                "agenda-posted",
                "COM-10",
                met_on,
                Deadline.by(days_after(met_on, -days)),
                subject=first.event.decision,
                paper=book.display(Paper("agenda", met_on.isoformat())),
            )


def names_posted(book: DutyBook) -> Iterator[Expected]:
    """The names of a new committee are posted within 3 days (COM-05)."""
    for one in book.all(CommitteeSeated):
        elected_on, term = one.event.starts_on, one.event.term
        days = number_of(book.law(elected_on), "COM-05", "days_max")
        yield from _posted(
            "names-posted", "COM-05", elected_on, days, term, book.display(Paper("term", term))
        )


def committee_meeting(book: DutyBook) -> Iterator[Expected]:
    """A meeting at least every two months, as its decisions show it (COM-07)."""
    met: dict[date, int] = {}
    for one in book.all(CommitteeDecisionRecorded):
        met.setdefault(one.event.decided_on, one.number)
    for seated in book.all(CommitteeSeated):
        last = max(seated.event.starts_on, book.opened_on)
        while (
            months := number_of(book.law(last), "COM-07", "months_max")
        ) is not None and last <= book.until:
            due_on = months_after(last, months)
            following = min((day for day in met if last < day <= seated.event.ends_on), default=None)
            if following is None and due_on > seated.event.ends_on:
                break
            done = Done(following, met[following]) if following is not None else None
            span = Span(last, due_on)
            yield Expected("committee-meeting", "COM-07", last, Deadline.by(due_on), done, period=span)
            last = following or date.max


def owners_received(book: DutyBook) -> Iterator[Expected]:
    """The committee receives owners once in every whole month of its term (COM-13)."""
    return _monthly(book, "owners-received", "COM-13", "reception")


def joint_meeting(book: DutyBook) -> Iterator[Expected]:
    """The committee sits with neighbourhood and firm once in every whole month of its term (COM-14)."""
    return _monthly(book, "joint-meeting", "COM-14", "joint")


def assembly_meeting(book: DutyBook) -> Iterator[Expected]:
    """The assembly decides at least once a year, which a vote of all owners shows (VOTE-16)."""
    whole = {one.event.decision for one in book.all(VoteOpened) if one.event.scope is None}
    voted = [Done(one.on, one.number) for one in book.all(VoteClosed) if one.event.decision in whole]
    since = [one.event.starts_on for one in book.all(CommitteeSeated)]
    since += [one.event.established_on for one in book.all(AssemblyEstablished)]
    for year in years(min(since), book.until) if since else ():
        done = earliest(one for one in voted if one.on.year == year)
        yield from _yearly(book, "assembly-meeting", "VOTE-16", year, done)


def committee_report(book: DutyBook) -> Iterator[Expected]:
    """The committee reports once a year on the management and on its own work (COM-17)."""
    reports = [one.event.disclosure for one in book.all(DisclosurePublished) if one.event.table == "T11"]
    hung = [shown(book.display(Paper("disclosure", report)), date.max) for report in dict.fromkeys(reports)]
    for year in years(book.opened_on, book.until):
        last = date(year, 12, 31)
        in_office = [
            one for one in book.all(CommitteeSeated) if one.event.starts_on <= last <= one.event.ends_on
        ]
        done = (one.first for one in hung if one is not None and one.first.on.year == year)
        if in_office:
            yield from _yearly(book, "committee-report", "COM-17", year, earliest(done))


def reelection_reported(book: DutyBook) -> Iterator[Expected]:
    """Five months before its term ends, a committee reports that there must be an election (COM-21)."""
    for seated in book.all(CommitteeSeated):
        term, ends_on = seated.event.term, seated.event.ends_on
        if (months := number_of(book.law(ends_on), "COM-21", "months_min")) is None:
            continue
        due_on = months_after(ends_on, -months)
        filed = _filed(book, "reelection", term)
        started = [
            one
            for one in book.all(ReelectionStarted)
            if seated.event.starts_on <= one.event.created_on <= ends_on
        ]  # a group to prepare it comes after the report
        done = earliest(
            [Done(one.on, one.number) for one in filed] + [Done(one.on, one.number) for one in started]
        )
        yield Expected(
            "reelection-reported",
            "COM-21",
            due_on,
            Deadline.by(due_on),
            done,
            term,
            begins_on=months_after(due_on, -PREPARED_MONTHS),
        )


def election_filed(book: DutyBook) -> Iterator[Expected]:
    """A new committee is filed with the street within 30 days (COM-06)."""
    for one in book.all(CommitteeSeated):
        elected_on, term = one.event.starts_on, one.event.term
        if (days := number_of(book.law(elected_on), "COM-06", "days_max")) is not None:
            filed = [Done(of.on, of.number) for of in _filed(book, "election", term)]
            deadline = Deadline.days_after(elected_on, days)
            yield Expected("election-filed", "COM-06", elected_on, deadline, earliest(filed), term)


def vote_notice(book: DutyBook) -> Iterator[Expected]:
    """Owners hear of a vote 15 days before it opens (VOTE-13)."""
    for one in book.all(VoteOpened):
        vote = one.event
        if (days := number_of(book.law(vote.opens_on), "VOTE-13", "days_min")) is not None:
            done = Done(vote.notice_on, one.number) if vote.notice_on is not None else None
            deadline = Deadline.by(days_after(vote.opens_on, -days))
            yield Expected(
                "vote-notice", "VOTE-13", vote.opens_on, deadline, done, vote.decision, begins_on=one.on
            )


# -- the property firm -----------------------------------------------------------------------------


def contract_filed(book: DutyBook) -> Iterator[Expected]:
    """A service contract is filed within 30 days of signing (FIRM-07)."""
    for one in book.all(ServiceContractSigned):
        signed_on, contract = one.event.signed_on, one.event.contract
        if signed_on is None:
            continue
        if (days := number_of(book.law(signed_on), "FIRM-07", "days_max")) is not None:
            filed = [Done(of.on, of.number) for of in _filed(book, "service_contract", contract)]
            deadline = Deadline.days_after(signed_on, days)
            yield Expected("contract-filed", "FIRM-07", signed_on, deadline, earliest(filed), contract)


def firm_debrief(book: DutyBook) -> Iterator[Expected]:
    """The firm that serves at the end of a year reports back on it before it ends (FIRM-15)."""
    ended = {one.event.contract: one.event.ended_on for one in book.all(ServiceContractEnded)}
    for year in years(book.opened_on, book.until):
        last = date(year, 12, 31)
        serving = {
            one.event.firm
            for one in book.all(ServiceContractSigned)
            if one.event.starts_on <= last <= (ended.get(one.event.contract) or one.event.ends_on or date.max)
        }
        for firm in sorted(serving):
            held = [
                Done(one.event.held_on, one.number)
                for one in book.all(DebriefHeld)
                if one.event.firm == firm and one.event.period.ends_on.year == year
            ]
            yield from _yearly(book, "firm-debrief", "FIRM-15", year, earliest(held), firm)


OF_PEOPLE: tuple[Expecting, ...] = (
    decision_posted, agenda_posted, names_posted, committee_meeting, owners_received, joint_meeting,
    assembly_meeting, committee_report, reelection_reported, election_filed, vote_notice,
    contract_filed, firm_debrief,
)  # fmt: skip


# -- what several of them ask ----------------------------------------------------------------------


def _filed(book: DutyBook, what: Filed, of: str) -> list[Fact[FilingRecorded]]:
    """When papers about one term or contract were lodged."""
    return [one for one in book.all(FilingRecorded) if (one.event.what, one.event.of) == (what, of)]


def _posted(
    duty: str, rule: str, since: date, days: int | None, subject: str, display: Display
) -> Iterator[Expected]:
    """A paper about something that happened on a day goes up within so many days."""
    if days is not None:
        yield Expected(duty, rule, since, Deadline.days_after(since, days), subject=subject, paper=display)


def _monthly(book: DutyBook, duty: str, rule: str, meeting: Meeting) -> Iterator[Expected]:
    """A meeting in every whole month in which a committee is in office and the rule in force."""
    terms = [(one.event.starts_on, one.event.ends_on) for one in book.all(CommitteeSeated)]
    since = max(min((starts_on for starts_on, _ in terms), default=date.max), book.opened_on)
    for month in periods(since, book.until, 1):
        count = number_of(book.law(month.starts_on), rule, "monthly_count_min")
        in_office = any(first <= month.starts_on and month.ends_on <= last for first, last in terms)
        if count is None or month.starts_on < since or not in_office:
            continue
        held = sorted(
            Done(one.event.held_on, one.number)
            for one in book.all(MeetingHeld)
            if one.event.meeting == meeting and month.starts_on <= one.event.held_on <= month.ends_on
        )
        done, deadline = held[count - 1] if len(held) >= count else None, Deadline.by(month.ends_on)
        yield Expected(duty, rule, month.starts_on, deadline, done, period=month)


def _yearly(
    book: DutyBook, duty: str, rule: str, year: int, done: Done | None, subject: str | None = None
) -> Iterator[Expected]:
    """Something that has to happen once in a year."""
    last = date(year, 12, 31)
    if number_of(book.law(last), rule, "yearly_count_min") is not None:
        span = Span(date(year, 1, 1), last)
        yield Expected(duty, rule, last, Deadline.by(last), done, subject, span, begins_on=span.starts_on)
