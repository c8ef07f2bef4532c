"""The demonstration: the real work list of 73 communities, and an invented community with a year of books."""

import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from typing import Any

import msgspec

from api.imports.worklist import OPERATOR, WorkListImport
from api.imports.worklist_file import ISSUED_ON
from ledger.actions.community import OpenLedger
from ledger.actions.role import GrantRole
from ledger.actors import Role
from ledger.commands import ACTIONS
from ledger.events import Source
from ledger.ledger import Asked, GovernanceLedger
from ledger.rules.semantics import SHANGHAI, month_end, months_after
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
_DAY = re.compile(r"@?(-?[0-9]+)-([0-9]{2})")


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
    paid: dict[str, int] = {}
    for action in story["action"]:
        day = _day(action["on"], today)
        body = _resolved(action["body"], today, paid)
        command = msgspec.convert(body, ACTIONS[action["name"]])
        with recorded_as_on(ledger.store, day):
            receipt = ledger.record(Asked(community, command, accounts(community)[action["by"]], day))
        if action["name"] == "record-fund-payment":
            paid[body["payment"]] = receipt.events[0].number


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


def _day(text: str, today: date) -> date:
    """`12-08`: the 8th of the month twelve months before today's; `-1-05`: the 5th of next month."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    month = months_after(today.replace(day=1), -int(found[1]))
    return min(month + timedelta(days=int(found[2]) - 1), month_end(month.year, month.month))


def _resolved(value: Any, today: date, paid: dict[str, int]) -> Any:
    """A body with its relative days and record numbers put in."""
    if isinstance(value, dict):
        return {name: _resolved(member, today, paid) for name, member in value.items()}
    if isinstance(value, list):
        return [_resolved(item, today, paid) for item in value]
    if isinstance(value, str) and value.startswith("@"):
        return _day(value, today).isoformat()
    if isinstance(value, str) and value.startswith("#"):
        return paid[value[1:]]
    return value
