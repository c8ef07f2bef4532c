"""The demonstration: the real work list of 73 communities, and an invented community with a year of books."""

import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from typing import Any, get_args

import msgspec

from api.imports.worklist import OPERATOR, WorkListImport
from api.imports.worklist_file import ISSUED_ON
from ledger.actions.bank_reconciliation import BankBook
from ledger.actions.community import OpenLedger
from ledger.actions.revenue_to_fund import RevenueBook
from ledger.actions.role import GrantRole
from ledger.actions.unit_account import scope_of_book
from ledger.actors import Role
from ledger.asked import Asked
from ledger.commands import ACTIONS
from ledger.events import Event, Recorded, Source
from ledger.fields import Fund
from ledger.ledger import GovernanceLedger
from ledger.rules.public_revenue import first_day_of, quarter_of
from ledger.rules.semantics import SHANGHAI, Ratio, month_end, months_after, share_of
from ledger.store.port import Store

STREET, STREET_NAME = "dongming", "东明路街道"
INVENTED = "wutongli"
POSTS: dict[str, Role] = {
    "secretary": "secretary",
    "treasurer": "treasurer",
    "chair": "chair",
    "member": "member",
    "firm": "firm",
    "neighbourhood": "neighbourhood",
    "auditor": "auditor",
}
_DAY = re.compile(r"([qhy]?)(-?[0-9]+)-([0-9]{2}|end)")
_MONTHS_OF = {"": 1, "q": 3, "h": 6, "y": 12}
_QUARTER = re.compile(r"q([0-9]+)")
_BANK = re.compile(r"=bank (?P<fund>\S+) (?P<more>-?[0-9]+)")
_NET = re.compile(r"=(?P<share>\S+) net (?P<quarter>q[0-9]+)( (?P<scope>\S+))?")


def accounts(ledger: str) -> dict[str, str]:
    """The demonstration's accounts by post: `wutongli-treasurer`."""
    return {post: f"{ledger}-{post}" for post in POSTS}


def build(ledger: GovernanceLedger, today: date) -> None:
    """Record the demonstration into an empty store, stamped as if recorded when it happened."""
    with recorded_as_on(ledger.store, ISSUED_ON):
        WorkListImport(ledger, STREET, ISSUED_ON, STREET_NAME).record(_sample("dongming_tasks.csv"))
    _tell(ledger, tomllib.loads(_sample("wutongli.toml").decode()), today)


def _sample(name: str) -> bytes:
    return resources.files("api").joinpath("samples", name).read_bytes()


def _tell(ledger: GovernanceLedger, story: dict[str, Any], today: date) -> None:
    community = story["ledger"]
    begin = _day("14-01", today)
    ledger.vault.key(OPERATOR, create=True)
    by_operator = Source(via="command-line")
    opening = OpenLedger(of="community", title=story["name"], total_floor_area=story["total_floor_area"])
    with recorded_as_on(ledger.store, begin):
        ledger.record(Asked(community, opening, OPERATOR, begin, by_operator))
        for post, account in accounts(community).items():
            grant = GrantRole(account=account, role=POSTS[post], starts_on=begin)
            ledger.record(Asked(community, grant, OPERATOR, begin, by_operator))
    told = Told(today)
    happened = ((_day(action["on"], today), action) for action in story["action"])
    for day, action in sorted(happened, key=lambda one: one[0]):
        body = told.resolved(action["body"])
        if day > today or body.get("amount_fen", 1) < 1:
            continue
        command = msgspec.convert(body, ACTIONS[action["name"]])
        with recorded_as_on(ledger.store, day):
            receipt = ledger.record(Asked(community, command, accounts(community)[action["by"]], day))
        recorded = ledger.store.numbered(community, receipt.events[0].number)
        if recorded is not None:
            told.take_in(recorded, action.get("ref"))


@contextmanager
def recorded_as_on(store: Store, day: date) -> Iterator[None]:
    """Inside, the store stamps the morning of a day, Shanghai time; never earlier than before."""
    real: Callable[[], datetime] = store.clock
    morning = datetime.combine(day, time(9, 30), SHANGHAI)
    store.clock = lambda: morning.astimezone(UTC)
    try:
        yield
    finally:
        store.clock = real


class Told:
    """What was told so far: numbers of records by name, and books that later amounts follow from."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._numbers: dict[str, int] = {}
        self._banks = {fund: BankBook(fund) for fund in get_args(Fund)}
        self._revenue = RevenueBook("public-revenue")

    def take_in(self, recorded: Recorded[Event], ref: str | None) -> None:
        """Remember a record, by its name if it has one."""
        if ref is not None:
            self._numbers[ref] = recorded.number
        for book in (*self._banks.values(), self._revenue):
            if f"fund:{book.identity}" in recorded.envelope.tags:
                book.evolve(recorded)

    def resolved(self, body: dict[str, Any]) -> dict[str, Any]:
        """A body with its relative days, record numbers and computed amounts put in."""
        known = {name: self._value(value) for name, value in body.items()}
        return {name: self._amount(value, known) for name, value in known.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._value(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if not isinstance(value, str):
            return value
        if value.startswith("@"):
            quarter = _QUARTER.fullmatch(value[1:])
            return _quarter(value[1:], self._today) if quarter else _day(value[1:], self._today).isoformat()
        return self._numbers[value[1:]] if value.startswith("#") else value

    def _amount(self, value: Any, body: dict[str, Any]) -> Any:
        if not isinstance(value, str):
            return value
        if bank := _BANK.fullmatch(value):
            held = self._banks[bank["fund"]].balance_on(date.fromisoformat(body["on"]))
            return held + int(bank["more"])
        if net := _NET.fullmatch(value):
            quarter, scope = _quarter(net["quarter"], self._today), scope_of_book(net["scope"] or "whole")
            return share_of(self._revenue.net_fen(quarter, scope), Ratio.of(net["share"]))
        return value


def _quarter(text: str, today: date) -> str:
    """`q2`: the quarter two before that of today."""
    begun = first_day_of(quarter_of(today))
    return quarter_of(months_after(begun, -3 * int(text[1:])))


def _day(text: str, today: date) -> date:
    """`12-08`: the 8th of the month twelve months before today's; `-1-05`: the 5th of next month.

    `q2-25`: the 25th of the month with which the quarter two before today's began, `q2-end`: its last day;
    `h` counts half-years, `y` years.
    """
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    unit, count, day = found.groups()
    months = _MONTHS_OF[unit]
    running = date(today.year, (today.month - 1) // months * months + 1, 1)
    month = months_after(running, -months * int(count))
    if day == "end":
        return months_after(month, months) - timedelta(days=1)
    return min(month + timedelta(days=int(day) - 1), month_end(month.year, month.month))
