"""Repairs as of any day, as known at any record, are what a plain fold of the events up to then says."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.actions.fund_payment import FundPaymentWithdrawn
from projections import repair_projects
from tests.ledger.correction_words import entry_classified, suspense_seen
from tests.ledger.fund_words import works_apportioned
from tests.ledger.happened import (
    NEW_YEAR,
    entry_reversed,
    fund_opened,
    payment_approved,
    payment_paid,
    vote_passed,
)
from tests.ledger.project_words import (
    apportionment_reversed,
    contract_signed,
    plan_published,
    price_reviewed,
    works_accepted,
)
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import Books, opened

Told = tuple[int, Fact]
PROJECTS = ("lift", "roof")
STEP_OF = {
    "repair-plan.published": "plan",
    "repair-contract.signed": "contract",
    "price-review.recorded": "review",
    "works.accepted": "acceptance",
    "fund-payment.recorded": "payments",
    "entry.classified": "payments",
    "project.apportioned": "apportionment",
}


def plainly(told: list[Told], project: str) -> dict[str, Any] | None:  # noqa: PLR0912  one case a kind
    """What a repair should be: everything told of it, in order, with no view in between."""
    of = dict.fromkeys(("price_fen", "reviewed_fen", "total_fen"), None) | {"paid_fen": 0, "reserved_fen": 0}
    steps: dict[str, tuple[int, date]] = {"vote": (0, NEW_YEAR)}
    for number, fact in told:
        event, kind = fact.event, fact.event.kind
        if f"project:{project}" not in event.tags():
            continue
        if kind in STEP_OF:
            steps[STEP_OF[kind]] = number, fact.on
        match kind:
            case "repair-contract.signed":
                of["price_fen"] = event.price_fen
            case "price-review.recorded":
                of["reviewed_fen"] = event.reviewed_fen
            case "project.apportioned":
                of["total_fen"] = event.total_fen
            case "apportionment.reversed":
                of["total_fen"] = None
                del steps["apportionment"]
            case "fund-payment.approved":
                of["reserved_fen"] += event.amount_fen
            case "fund-payment.withdrawn":
                of["reserved_fen"] -= event.released_fen
            case "fund-payment.recorded" | "entry.classified":
                of["paid_fen"] += event.amount_fen
                if kind == "fund-payment.recorded" and event.charged_fen is None:
                    of["reserved_fen"] -= event.amount_fen
            case "entry.reversed":
                of["paid_fen"] -= max(fen for _, fen in event.entries)
    if "plan" not in steps:
        return None
    return {**of, "stage": _stage(of, steps), "steps": steps}


def _stage(of: dict[str, Any], steps: dict[str, Any]) -> str:
    settled = of["reviewed_fen"] or (of["price_fen"] if "acceptance" in steps else None)
    if settled is not None and of["paid_fen"] >= settled:
        return "closed"
    stages = {"acceptance": "accepted", "review": "reviewed", "contract": "contracted"}
    return next((stage for step, stage in stages.items() if step in steps), "planned")


def shown(row: repair_projects.RepairProjectRow) -> dict[str, Any]:
    """The same of a row; a vote has its record in the books before these."""
    names = ("price_fen", "reviewed_fen", "total_fen", "paid_fen", "reserved_fen", "stage")
    steps = {one.step: (one.number, one.on) for one in row.steps if one.number is not None}
    return {**{name: getattr(row, name) for name in names}, "steps": steps | {"vote": (0, NEW_YEAR)}}


class Telling:
    """Facts about two repairs under one decision that could have happened, in any order of days."""

    def __init__(self, books: Books) -> None:
        self.books, self.told = books, list[Told]()
        self.once: set[tuple[str, str]] = set()
        self.promises: dict[str, list[Fact]] = {project: [] for project in PROJECTS}
        self.paid: dict[str, list[Told]] = {project: [] for project in PROJECTS}
        self.divided: dict[str, Told] = {}

    def tell(self, fact: Fact, day: date) -> Told:
        told = self.books.tell(fact._replace(on=day)), fact._replace(on=day)
        self.told.append(told)
        return told

    def promise(self, project: str, day: date, fen: int) -> None:
        approved = _of(payment_approved(f"{project}-{self.books.number}", fen=fen), project)
        self.promises[project].append(self.tell(approved, day)[1])

    def promised(self, project: str, day: date, fen: int) -> Fact:
        """An approved payment that is neither paid nor withdrawn, at need a new one."""
        if not self.promises[project]:
            self.promise(project, day, fen)
        return self.promises[project].pop()

    def step(self, kind: str, project: str, days: int, fen: int) -> None:
        day, key = NEW_YEAR + timedelta(days), (kind, project)
        once = {
            "plan": plan_published(project),
            "contract": contract_signed(project, price=fen),
            "accept": works_accepted(project),
        }
        match kind:
            case "plan" | "contract" | "accept" if key not in self.once:
                self.once.add(key)
                self.tell(once[kind], day)
            case "review":
                self.tell(price_reviewed(fen, project), day)
            case "approve":
                self.promise(project, day, fen)
            case "withdraw":
                self.tell(_withdrawn(self.promised(project, day, fen)), day)
            case "pay":
                of = self.promised(project, day, fen).event
                paid = _of(payment_paid(of.payment, fen=of.amount_fen), project)
                self.paid[project].append(self.tell(paid, day))
            case "unapproved":
                paid = _of(payment_paid(f"{project}-{self.books.number}", fen=fen), project, charged_fen=fen)
                self.paid[project].append(self.tell(paid, day))
            case "recognise":
                seen = self.books.tell(suspense_seen(fen=fen, direction="out", on=day))
                of = {"decision": "lift-3", "project": project, "charged_fen": fen, "direction": "out"}
                account = "fund/maintenance/whole"
                known = entry_classified(seen, fen=fen, became="payment", account=account, **of)
                self.paid[project].append(self.tell(known, day))
            case "undo" if self.paid[project]:
                number, fact = self.paid[project].pop(fen % len(self.paid[project]))
                self.tell(entry_reversed(number, fact, reason="转错账户。"), max(day, fact.on))
            case "divide" if project not in self.divided:
                self.divided[project] = self.tell(works_apportioned(fen, project=project), day)
            case "take-back":
                self.step("divide", project, days, fen)  # unless it is divided already
                number, fact = self.divided.pop(project)
                self.tell(apportionment_reversed(number, fact), max(day, fact.on))


def _of(fact: Fact, project: str, **of: Any) -> Fact:
    return fact._replace(event=msgspec.structs.replace(fact.event, project=project, **of))


def _withdrawn(approved: Fact) -> Fact:
    of = approved.event
    event = FundPaymentWithdrawn(
        payment=of.payment,
        fund=of.fund,
        decision=of.decision,
        reason="厂家停产。",
        released_fen=of.amount_fen,
        project=of.project,
    )
    return Fact(event)


KINDS = (
    "plan", "plan", "contract", "review", "accept", "approve", "approve", "pay", "withdraw", "unapproved",
    "recognise", "undo", "divide", "take-back",
)  # fmt: skip
steps = st.tuples(st.sampled_from(KINDS), st.sampled_from(PROJECTS), st.integers(0, 60), st.integers(1, 50))


@settings(max_examples=30, deadline=None)
@given(st.lists(steps, min_size=1, max_size=20), st.integers(0, 70), st.integers(0, 20))
def test_a_repair_as_of_any_day_as_known_at_any_record_is_what_a_plain_fold_says(
    drawn: list[tuple[str, str, int, int]], days: int, known: int
) -> None:
    on = NEW_YEAR + timedelta(days)
    with TemporaryDirectory() as folder, opened(f"sqlite:///{Path(folder) / 'books'}") as books:
        begun = (fund_opened("maintenance", fen=90_000_00), *vote_passed("lift-3", authorises=90_000_00))
        books.tell(*(fact._replace(on=NEW_YEAR) for fact in begun))
        telling = Telling(books)
        for project in PROJECTS:
            telling.step("plan", project, days // 2, 1)
        for step in drawn:
            telling.step(*step)
        views, known_at = books.shown(), telling.told[min(known, len(telling.told) - 1)][0]
        for as_of in (None, on):
            for until in (None, known_at):
                counted = [
                    (number, fact)
                    for number, fact in telling.told
                    if (as_of is None or fact.on <= as_of) and (until is None or number <= until)
                ]
                rows = repair_projects.page(views, WUTONGLI, as_of=as_of, known_at=until)
                plain = {project: plainly(counted, project) for project in PROJECTS}
                assert {row.project: shown(row) for row in rows} == {
                    project: of for project, of in plain.items() if of is not None
                }
                for project in PROJECTS:
                    row = repair_projects.one(views, WUTONGLI, project, as_of=as_of, known_at=until)
                    assert (row and shown(row)) == plain[project]
