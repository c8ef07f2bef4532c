"""T5, the yearly statement of one unit's account: for its owner alone, never published (FUND-37).

Which unit somebody paid for is withheld from the records: whoever may know brings the names of units by
commitment, from the vault.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.committee import Committee
from ledger.actions.community import Register
from ledger.actions.entry import EntryReversed
from ledger.actions.fund import FundDepositRecorded, FundOpened
from ledger.actions.repair_project import ProjectApportioned
from ledger.actions.service_contract import ServiceContractEnded, ServiceContractSigned
from ledger.actions.unit_account import FUND, FundApportioned, NamesOf, Noted, moved, named
from ledger.composing import Wanted
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import area_text
from ledger.money.unit_accounts import Place, Roster
from ledger.store.port import Store
from projections.replay import replayed
from projections.statements.books import Books
from projections.statements.dated import until
from projections.statements.statement import Caution, Cell, Composition, Line, cells
from projections.unit_accounts import nobody

YEAR = ("opening", "interest", "other_income", "income", "repairs", "other_spending", "spending", "closing")
COLUMN_OF = {"opening": "opening", "interest": "interest", "cost": "repairs", "works": "repairs"}


class BooksOfUnits(Books):
    """Books for who may know which unit somebody paid for: `names_of` opens what the records withhold."""

    names_of: NamesOf = staticmethod(nobody)


@contextmanager
def opened_for_units(store: Store, ledger: str, until: int, names_of: NamesOf) -> Iterator[BooksOfUnits]:
    """Such books up to a record. This table reads events; one small view stands for all of them."""
    with replayed(store, ledger, until, ("unit_accounts",)) as views:
        books = BooksOfUnits(store, ledger, until, views)
        books.names_of = names_of
        yield books


def year_of(unit: str, year: int) -> Wanted:
    """The statement of one unit over a calendar year."""
    return Wanted("T5", date(year, 1, 1), date(year, 12, 31), subject=unit)


class Share(NamedTuple):
    """What of one record was this unit's. `what`: opening, deposit, interest, revenue, cost, works."""

    recorded: Recorded[Event]
    what: str
    fen: int
    first_deposit_fen: int
    reverses: int | None

    @property
    def column(self) -> str:
        """The line of the form it belongs to."""
        return COLUMN_OF.get(self.what, "other_income")


def compose(books: Books, wanted: Wanted) -> Composition:
    """The account of the unit `wanted.subject` from one New Year's Day to the next.

    Errors: `Refused` for a unit that is not registered.
    """
    register = Register()
    for recorded in books.events:
        register.evolve(recorded)
    roster = register.roster()
    if (place := roster.places.get(wanted.subject or "")) is None:
        raise Refused("statement.unknown-subject", table=wanted.table, subject=wanted.subject)
    names_of = books.names_of if isinstance(books, BooksOfUnits) else nobody
    told = list(_told(books, wanted))
    sealed = [noted.sealed for _, _, found in told for noted in found if noted.sealed]
    units = names_of(sealed)
    shares = list(_shares(told, roster, place, units))
    year = _year(shares, wanted)
    during = [share for share in shares if _is_during(share, wanted)]
    return Composition(
        figures={
            **{name: year[name] for name in ("opening", "income", "spending", "closing")},
            "first_deposit_fen": sum(share.first_deposit_fen for share in shares),
        },
        rows={
            "unit": [Line(key=place.unit, cells={**_of_unit(place), **_of_community(books, wanted)})],
            "year": [Line(key=place.unit, cells={**year})],
            "entries": [_entry(share) for share in during],
        },
        sums={"entries": {"amount": year["income"] - year["spending"]}},
        cautions=tuple(_cautions(told, place, units)),
    )


# -- what moved --------------------------------------------------------------------------------------

Told = tuple[Recorded[Event], Event, list[Noted]]  # a record, what it is about, what that moved


def _told(books: Books, wanted: Wanted) -> Iterator[Told]:
    """What was divided among units, or paid for one; of a reversal the opposite of what it takes back."""
    known: dict[int, tuple[Event, list[Noted]]] = {}
    for recorded in books.events:
        event = recorded.data
        if isinstance(event, FundApportioned | ProjectApportioned | FundDepositRecorded):
            known[recorded.number] = event, moved(recorded)
            found = known[recorded.number]
        elif isinstance(event, EntryReversed | ApportionmentReversed) and event.number in known:
            about, noted = known[event.number]
            found = about, [one.undone(recorded.occurred_on) for one in noted]
        else:
            continue
        if recorded.occurred_on <= wanted.ends_on:
            yield recorded, *found


def _shares(told: list[Told], roster: Roster, place: Place, units: Mapping[str, str]) -> Iterator[Share]:
    for recorded, about, noted in told:
        for movement in named(noted, lambda _: units):
            if movement.unit not in (None, place.unit) or not place.is_in(movement.scope):
                continue
            for unit, fen, first in roster.shares(movement):
                if unit == place.unit:
                    reverses = getattr(recorded.data, "number", None)
                    yield Share(recorded, _what(about), fen, first, reverses)


def _what(event: Event) -> str:
    if isinstance(event, FundApportioned):
        return event.what
    return "works" if isinstance(event, ProjectApportioned) else "deposit"


def _is_during(share: Share, wanted: Wanted) -> bool:
    """Whether it is of the year; the share of what the books began with is opening, whenever divided."""
    return share.recorded.occurred_on >= wanted.starts_on and share.column != "opening"


def _year(shares: list[Share], wanted: Wanted) -> dict[str, int]:
    """The lines of the form: closing = opening + income - spending; a reversal lessens what it reverses."""
    year = dict.fromkeys(YEAR, 0)
    for share in shares:
        column = share.column if _is_during(share, wanted) else "opening"
        year[column] += -share.fen if column == "repairs" else share.fen
    year["income"] = year["interest"] + year["other_income"]
    year["spending"] = year["repairs"] + year["other_spending"]
    year["closing"] = year["opening"] + year["income"] - year["spending"]
    return year


# -- what is shown -----------------------------------------------------------------------------------


def _entry(share: Share) -> Line:
    recorded = share.recorded
    return Line(
        key=str(recorded.number),
        cells=cells(
            occurred_on=recorded.occurred_on,
            what=share.what,
            amount=share.fen,
            record=recorded.number,
            reverses=None if share.reverses is None else str(share.reverses),
        ),
    )


def _of_unit(place: Place) -> dict[str, Cell]:
    area = area_text(place.areas[-1][1])
    return cells(unit=place.unit, building=place.building, door=place.door, floor_area=area)


def _of_community(books: Books, wanted: Wanted) -> dict[str, Cell]:
    """What the form has above and below the figures: the bank, the committee, the firm of that day."""
    day, committee = wanted.ends_on, Committee()
    found: dict[str, str] = {}
    firms: dict[str, str] = {}
    for recorded in until(books, day):
        committee.evolve(recorded)
        match recorded.data:
            case FundOpened(fund=fund, bank=bank, account_tail=tail) if fund == FUND:
                found |= {"bank": bank, "account_tail": tail}
            case ServiceContractSigned(contract=contract) as signed:
                if signed.starts_on <= day and (signed.ends_on is None or day <= signed.ends_on):
                    firms[contract] = signed.firm_name or signed.firm
            case ServiceContractEnded(contract=contract, ended_on=ended_on) if ended_on < day:
                firms.pop(contract, None)
    posts = _posts(committee, wanted)
    return cells(
        **found,
        chair=", ".join(posts.get("chair", ())) or None,
        vice_chair=", ".join(posts.get("vice-chair", ())) or None,
        firm=", ".join(firms.values()) or None,
    )


def _posts(committee: Committee, wanted: Wanted) -> dict[str, list[str]]:
    """The names of the committee in office on the last day, by post; the law has them published (COM-05)."""
    posts: dict[str, list[str]] = {}
    if (term := committee.in_office(wanted.ends_on)) is not None:
        ended = committee.ended
        left = {of.member for of in ended if of.term == term.term and of.ended_on <= wanted.ends_on}
        for member in term.members:
            if member.name not in left:
                posts.setdefault(member.post, []).append(member.name)
    return posts


def _cautions(told: list[Told], place: Place, units: Mapping[str, str]) -> Iterator[Caution]:
    """Money somebody paid for one unit of this book, when nobody can say any more for which."""
    unknown = [
        (recorded.number, noted.movement.fen)
        for recorded, _, found in told
        for noted in found
        if noted.sealed and noted.sealed not in units and noted.movement.scope == place.book
    ]
    if unknown:
        numbers, amounts = zip(*unknown, strict=True)
        yield Caution(code="units-not-known", fen=sum(amounts), records=numbers)
