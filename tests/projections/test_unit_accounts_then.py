"""On any day, as known at any record, the accounts of units are what the events up to then make of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from ledger.actions.community import Register
from ledger.actions.repair_project import ProjectApportioned
from ledger.actions.unit_account import FundApportioned, UnitAccounts
from ledger.events import Event, Recorded
from ledger.money.unit_accounts import Held, unit_accounts
from projections import unit_accounts as view
from tests.ledger.fund_words import (
    BUILDING_3,
    DOOR_12,
    DOOR_13,
    WHOLE,
    area_corrected,
    books_opened,
    fund_apportioned,
    opening,
    paid_in,
    units_of,
    works_apportioned,
)
from tests.ledger.happened import NEW_YEAR, building_registered, entry_reversed, interest_recorded
from tests.ledger.project_words import apportionment_reversed
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import Books

SCOPES = (WHOLE, BUILDING_3, DOOR_12, DOOR_13)
UNITS = {"101": DOOR_12, "102": DOOR_12, "103": DOOR_13}


def history(random: Random, number: int) -> Iterator[Fact]:
    """Forty things that may happen to the fund; `number`: the record the first of them gets."""
    yield building_registered("3", doors=("12", "13"))
    yield units_of("12", {"101": "80.00", "102": "64.08"})
    yield units_of("13", {"103": "91.20"})
    yield books_opened(opening(DOOR_12, 31_415_93, first=40_000_01), opening(DOOR_13, 20_000_00))
    reversible: list[tuple[int, Fact]] = []
    divided: list[tuple[int, Fact]] = []
    for step in range(4, 44):
        on, fen = NEW_YEAR + timedelta(days=random.randrange(60)), random.randrange(1, 10**6)
        unit, scope = random.choice(list(UNITS)), random.choice(SCOPES)
        nature = random.choice(["first-deposit", "top-up"])
        area = f"{random.randrange(10, 200)}.{random.randrange(100):02}"
        told = random.choice(
            [
                paid_in(fen, unit=unit, scope=UNITS[unit], nature=nature, on=on),
                paid_in(fen, scope=scope, nature="scrap", on=on),
                interest_recorded("maintenance", fen=fen, on=on),
                fund_apportioned("interest", fen, scope=scope, first_deposit_fen=fen // 3, on=on),
                fund_apportioned("cost", fen, scope=scope, on=on),
                works_apportioned(fen, scope=scope, on=on),
                area_corrected(unit, area)._replace(on=on),
            ]
        )  # fmt: skip
        if reversible and random.random() < 0.2:
            which, paid = reversible.pop(random.randrange(len(reversible)))
            told = entry_reversed(which, paid, reason="记错")._replace(on=paid.on + timedelta(days=3))
        elif divided and random.random() < 0.2:
            which, wrong = divided.pop(random.randrange(len(divided)))
            told = apportionment_reversed(which, wrong, on=wrong.on + timedelta(days=3))
        elif told.event.postings():
            reversible.append((number + step, told))
        elif isinstance(told.event, FundApportioned | ProjectApportioned):
            divided.append((number + step, told))
        yield told


@pytest.mark.parametrize("seed", range(4))
def test_any_day_and_any_record_show_what_had_happened_and_was_known(books: Books, seed: int) -> None:
    random = Random(seed)
    for fact in list(history(random, books.number + 1)):
        books.tell(fact)
        if random.random() < 0.2:
            books.shown()  # in batches of any length
    last = books.number
    for _ in range(12):
        as_of = NEW_YEAR + timedelta(days=random.randrange(70))
        known_at = random.randrange(5, last + 1)
        assert shown(books, as_of, known_at) == folded(books, as_of, known_at), (as_of, known_at)


def shown(books: Books, as_of: date, known_at: int) -> dict[str, Held]:
    names_of = books.story.vault.values
    found = view.of(books.shown(), WUTONGLI, names_of, as_of=as_of, known_at=known_at)
    return {account.unit: Held(account.balance_fen, account.first_deposit_fen) for account in found}


def folded(books: Books, as_of: date, known_at: int) -> dict[str, Held]:
    """The same from the states on which commands are decided, had they seen nothing else."""
    accounts, register = UnitAccounts("maintenance"), Register()
    for number in range(known_at + 1):
        recorded: Recorded[Event] | None = books.story.store.numbered(WUTONGLI, number)
        if recorded is not None and recorded.occurred_on <= as_of:
            if "fund:maintenance" in recorded.envelope.tags:
                accounts.evolve(recorded)
            if "register" in recorded.envelope.tags:
                register.evolve(recorded)
    sealed = [noted.sealed for noted in accounts.apart if noted.sealed]
    movements = accounts.movements(books.story.vault.values(sealed), until=as_of)
    return unit_accounts(register.roster(), movements)
