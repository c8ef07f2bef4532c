"""Committees that spend as fast as they can, several at once, until money and decisions are used up."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import count
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

from ledger.actions.committee_decision import RecordCommitteeDecision
from ledger.actions.community import OpenLedger
from ledger.actions.fund import OpenFund
from ledger.actions.fund_payment import (
    ApproveFundPayment,
    FundPaymentApproved,
    FundPaymentRecorded,
    FundPaymentRequested,
    RequestFundPayment,
)
from ledger.actions.payment_record import RecordFundPayment
from ledger.actions.role import GrantRole
from ledger.actors import Role
from ledger.asked import Asked
from ledger.commands import Command
from ledger.errors import Contended, Refused, StoreBusy, StoreUnavailable
from ledger.events import Source, decode
from ledger.fields import Authorisation
from ledger.ledger import GovernanceLedger
from ledger.store import open_store, open_vault
from ledger.store.port import Receipt, Store
from tests.vault_keys import key_file_of

TODAY, NEW_YEAR = date(2026, 11, 20), date(2026, 1, 1)
LEDGERS = ("wutongli", "meihuayuan")
DECISIONS = {"printer": 10_000_00, "gate": 15_000_00}
BALANCE_FEN = 20_000_00  # less than the decisions set free together: both limits are reached
AMOUNTS = (70_00, 190_00, 430_00)
PAUSE_SECONDS = 0.02


class Acknowledged(NamedTuple):
    """What a writer was told is recorded."""

    key: str
    position: int
    events: int
    replayed: bool


def open_ledger(url: str) -> GovernanceLedger:
    """The ledgers behind a URL."""
    return GovernanceLedger(open_store(url), open_vault(url, key_file_of(url)))


def close(ledger: GovernanceLedger) -> None:
    """Close both its databases."""
    ledger.store.close()
    ledger.vault.close()


def begin(url: str, *, decisions: dict[str, int] = DECISIONS, balance_fen: int = BALANCE_FEN) -> int:
    """Two communities with a fund and two decisions each; how many events that took."""
    ledger = open_ledger(url)
    ledger.vault.key("the-operator", create=True)
    for name in LEDGERS:
        opening: list[Command] = [OpenLedger(of="community", title=name)]
        roles: tuple[Role, ...] = ("treasurer", "chair", "secretary")
        opening += [GrantRole(account=f"the-{role}", role=role, starts_on=NEW_YEAR) for role in roles]
        by_operator = Source(via="command-line")
        ledger.record_all([Asked(name, command, "the-operator", TODAY, by_operator) for command in opening])
        fund = OpenFund(
            fund="working", opened_on=NEW_YEAR, opening_fen=balance_fen, bank="上海银行", account_tail="1234"
        )
        ledger.record(Asked(name, fund, "the-treasurer", TODAY))
        for decision, fen in decisions.items():
            frees = Authorisation(fund="working", amount_fen=fen, purpose="办公")
            decided = RecordCommitteeDecision(
                decision=decision, title="办公", matter="办公", decided_on=NEW_YEAR,
                seats=5, present=3, signed=3, authorises=frees,
            )  # fmt: skip
            ledger.record(Asked(name, decided, "the-secretary", TODAY))
    head = ledger.store.head()
    close(ledger)
    return head


def steps(payment: str, decision: str, amount_fen: int) -> Iterator[tuple[str, Command]]:
    """A payment from request to voucher, with who asks for each step."""
    yield (
        "the-treasurer",
        RequestFundPayment(
            payment=payment,
            fund="working",
            decision=decision,
            amount_fen=amount_fen,
            payee="某公司",
            purpose="办公",
        ),
    )
    yield "the-chair", ApproveFundPayment(payment=payment)
    yield "the-treasurer", RecordFundPayment(payment=payment, paid_on=TODAY, voucher="2026-118")


def persist(ledger: GovernanceLedger, asked: list[Asked], key: str) -> Receipt:
    """Ask until there is an answer, always with the same key, as a client must after a 503."""
    while True:
        try:
            return ledger.record(asked[0], key) if len(asked) == 1 else ledger.record_all(asked, key)
        except (StoreUnavailable, StoreBusy, Contended):
            time.sleep(PAUSE_SECONDS)


def spend(url: str, seed: int, told: Path, start: Barrier) -> None:
    """Pay until nothing more is allowed; every step is asked under a key, a third of them twice.

    One payment in three goes under a name and keys that all writers use at once, so that they race for the
    same recording. What was acknowledged is written down before the next step is asked.
    """
    ledger, luck, refusals, name = open_ledger(url), random.Random(seed), 0, told.name
    start.wait()
    log = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for index in range(10_000):
        if refusals > 40:
            break
        payment = f"shared-{index}" if index % 3 == 0 else f"{name}-{index}"
        drawn = random.Random(index) if index % 3 == 0 else luck
        book, decision, fen = drawn.choice(LEDGERS), drawn.choice(list(DECISIONS)), drawn.choice(AMOUNTS)
        for step, (account, command) in enumerate(steps(payment, decision, fen)):
            key = f"{payment}-{step}"
            try:
                for _ in range(luck.choice((1, 1, 2))):
                    receipt = persist(ledger, [Asked(book, command, account, TODAY)], key)
                    _tell(log, f"{book}/{key}", receipt)
                    refusals = 0
            except Refused:
                refusals += 1
                break
    os.close(log)
    close(ledger)


def request(url: str, seed: int, told: Path) -> None:
    """Ask for payments for ever, one or five in one piece, and write down what was acknowledged."""
    ledger, luck, name = open_ledger(url), random.Random(seed), told.name
    log = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for index in count():
        book, pieces = luck.choice(LEDGERS), luck.choice((1, 5))
        key = f"{pieces}-{name}-{index}"
        asked = [
            Asked(book, command, account, TODAY)
            for account, command in (
                next(steps(f"{key}-{piece}", "printer", 1_00)) for piece in range(pieces)
            )
        ]
        _tell(log, f"{book}/{key}", persist(ledger, asked, key))


def _tell(log: int, key: str, receipt: Receipt) -> None:
    os.write(log, f"{key} {receipt.position} {len(receipt.events)} {int(receipt.replayed)}\n".encode())


def acknowledged(told: Path) -> list[Acknowledged]:
    """What a writer wrote down, whole lines only: it may have been killed in the middle of one."""
    found = []
    with suppress(FileNotFoundError):
        for line in told.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                key, *numbers = line.split(" ")
                position, events, replayed = map(int, numbers)
                found.append(Acknowledged(key, position, events, bool(replayed)))
    return found


class Broken(NamedTuple):
    """What is wrong with the books; all empty when all is well."""

    overspent: list[str]
    twice: list[str]
    out_of_order: list[str]


def audit(store: Store) -> Broken:
    """Go through all events with a pencil, without asking the ledger's own states."""
    fen: Counter[str] = Counter()
    asked: dict[str, int] = {}
    steps_done: Counter[tuple[str, str]] = Counter()
    broken = Broken([], [], [])
    for row in store.rows(0, 1_000_000):
        event = decode(row.kind, row.entry).data
        match event:
            case FundPaymentRequested():
                asked[f"{row.ledger}/{event.payment}"] = event.amount_fen
            case FundPaymentApproved():
                fen[f"{row.ledger}/{event.decision}"] += event.amount_fen
            case FundPaymentRecorded():
                fen[f"{row.ledger}/working"] += event.amount_fen
            case _:
                continue
        payment = f"{row.ledger}/{event.payment}"
        steps_done[payment, row.kind] += 1
        if asked.get(payment) != event.amount_fen:
            broken.out_of_order.append(payment)
        if isinstance(event, FundPaymentRecorded) and not steps_done[payment, FundPaymentApproved.kind]:
            broken.out_of_order.append(payment)
    limits = {f"{book}/{name}": limit for book in LEDGERS for name, limit in DECISIONS.items()}
    limits |= {f"{book}/working": BALANCE_FEN for book in LEDGERS}
    broken.overspent.extend(name for name, spent in fen.items() if spent > limits[name])
    broken.twice.extend(f"{payment} {kind}" for (payment, kind), times in steps_done.items() if times > 1)
    return broken
