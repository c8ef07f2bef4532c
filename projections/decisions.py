"""What was decided, and what became of the money it set free: authorised, reserved, paid, remaining."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal

import msgspec
from sqlalchemy import Select, func, select

from ledger.events import Event, Recorded
from ledger.fields import Fund
from ledger.rules.voting import ThresholdName, Topic, Unreturned
from projections.database import reading
from projections.decision_facts import (
    BALLOTING,
    DAYS,
    DECIDING,
    SPENDING,
    TALLIES,
    Changes,
    changes_of,
    facts_of,
    key_of,
)
from projections.decisions_then import STEP, SUMS, facts_as_text, one_then, page_then
from projections.snapshot import Snapshot, paged
from projections.then import then_of
from projections.view import COUNT, DAY, FEN, FLAG, PLACE, TEXT, Key, Shape, View, Write, day_of, each


class BuildingRow(msgspec.Struct, frozen=True, kw_only=True):
    """How the units of one building voted; shown only where at least five took part (privacy.md)."""

    building: str
    units: int
    agree: int
    disagree: int
    abstain: int
    invalid: int


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record that began it. Areas are as recorded, m² with two decimals (`"91.20"`).

    Committee: `matter` in words, `seats`, `present`, `signed`; `invalid`: the law does not let it stand.
    Owners: `matter_number` 1 to 9 (VOTE-01), `opens_on`, `closes_on`, what was frozen then (`threshold` with
    its shares, `rules` they come from, roster, plan), `ballots` so far, the count once there is one,
    `quorum_met` and `failed_dimensions` once closed. What the ballots say is known only then.
    `decided_on`: when it was decided, or the vote closed. `irregularities`: rules broken by how it was begun.
    Money: `asked_fen` is what it would set free, `authorised_fen` what it did; remaining = authorised -
    reserved - paid.
    """

    decision: str
    number: int
    made_by: Literal["committee", "owners", "emergency"]
    title: str
    status: Literal["open", "passed", "rejected", "invalid"]
    matter: str | None = None
    matter_number: int | None = None
    decided_on: date | None = None
    seats: int | None = None
    present: int | None = None
    signed: int | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    scope: str | None = None
    topic: Topic | None = None
    notice_on: date | None = None
    reported_to_party_on: date | None = None
    plan_sha256: str | None = None
    threshold: ThresholdName | None = None
    participation_heads_share: str | None = None
    participation_area_share: str | None = None
    approval_heads_share: str | None = None
    approval_area_share: str | None = None
    approval_inclusive: bool | None = None
    rules: tuple[str, ...] = ()
    unreturned: Unreturned | None = None
    counted_by: Literal["hand", "ballots"] | None = None
    ballots: int = 0
    ballots_online: int = 0
    ballots_in_conflict: int = 0
    delivered_units: int = 0
    roster_units: int | None = None
    roster_heads: int | None = None
    roster_area: str | None = None
    roster_sha256: str | None = None
    participating_heads: int | None = None
    participating_area: str | None = None
    agree_heads: int | None = None
    agree_area: str | None = None
    disagree_heads: int | None = None
    disagree_area: str | None = None
    abstain_heads: int | None = None
    abstain_area: str | None = None
    invalid_heads: int | None = None
    invalid_area: str | None = None
    unreturned_heads: int | None = None
    unreturned_area: str | None = None
    quorum_met: bool | None = None
    failed_dimensions: tuple[str, ...] = ()
    by_building: tuple[BuildingRow, ...] = ()
    irregularities: tuple[str, ...] = ()
    fund: Fund | None = None
    purpose: str | None = None
    asked_fen: int = 0
    authorised_fen: int = 0
    reserved_fen: int = 0
    paid_fen: int = 0
    remaining_fen: int = 0


@reading
def page(  # noqa: PLR0913  a page, and the books it is looked up in
    snapshot: Snapshot,
    ledger: str,
    *,
    after: int | None = None,
    limit: int = 50,
    newest_first: bool = False,
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> list[DecisionRow]:
    """Decisions of a ledger in order of record number; `after`: number of the last row of the page before.

    `as_of`, `known_at`: as they stood with what had happened by that day, been recorded by that record or
    instant.
    """
    then = then_of(snapshot, "decisions", ledger, as_of, known_at)
    if not then.is_now:
        stood = page_then(snapshot, ledger, then, after=after, limit=limit, newest_first=newest_first)
        return [_row(fields) for fields in stood]
    number = snapshot.table("decisions", "decision").c.number
    query = _decisions(snapshot, ledger)
    query = paged(query, number, after=after, limit=limit, newest_first=newest_first)
    return [_row(row._mapping) for row in snapshot.rows(query)]


@reading
def one(
    snapshot: Snapshot,
    ledger: str,
    decision: str,
    *,
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> DecisionRow | None:
    """One decision, as it is or as it stood then; none if there is, or was, no such id."""
    then = then_of(snapshot, "decisions", ledger, as_of, known_at)
    if not then.is_now:
        stood = one_then(snapshot, ledger, decision, then)
        return _row(stood) if stood else None
    table = snapshot.table("decisions", "decision")
    found = snapshot.rows(_decisions(snapshot, ledger).where(table.c.decision == decision))
    return _row(found[0]._mapping) if found else None


def _decisions(snapshot: Snapshot, ledger: str) -> Select[Any]:
    decision, added = snapshot.table("decisions", "decision"), snapshot.table("decisions", "sums")
    sums = [func.coalesce(added.c[name], 0).label(name) for name in SUMS]
    of_decision = (decision.c.ledger == added.c.ledger) & (decision.c.decision == added.c.decision)
    return select(decision, *sums).outerjoin(added, of_decision).where(decision.c.ledger == ledger)


def _row(columns: Mapping[str, Any]) -> DecisionRow:
    fields = {**columns}
    del fields["ledger"]
    for day in DAYS.split():
        fields[day] = day_of(fields[day])
    for words in ("failed_dimensions", "irregularities", "rules"):
        fields[words] = tuple((fields[words] or "").split())
    buildings = msgspec.json.decode(fields["by_building"] or "[]", type=tuple[BuildingRow, ...])
    remaining = fields["authorised_fen"] - fields["reserved_fen"] - fields["paid_fen"]
    return DecisionRow(**fields | {"by_building": buildings}, remaining_fen=remaining)


class Decisions(View):
    """One row per decision, and the sums of its money and of its ballots."""

    name: ClassVar[str] = "decisions"
    version: ClassVar[int] = 2
    shapes: ClassVar[Mapping[str, Shape]] = {
        "decision": Shape(
            {"ledger": TEXT, "decision": TEXT},
            {
                "number": PLACE,
                **each(TEXT, "made_by title status matter scope topic threshold failed_dimensions"),
                **each(TEXT, "fund purpose irregularities rules unreturned counted_by by_building"),
                **each(TEXT, "participation_heads_share participation_area_share"),
                **each(
                    TEXT, "approval_heads_share approval_area_share plan_sha256 roster_sha256 roster_area"
                ),
                **each(TEXT, " ".join(f"{name}_area" for name in TALLIES)),
                **each(COUNT, "matter_number seats present signed roster_units roster_heads"),
                **each(COUNT, " ".join(f"{name}_heads" for name in TALLIES)),
                **each(DAY, DAYS),
                **each(FLAG, "approval_inclusive quorum_met"),
                "asked_fen": FEN,
            },
        ),
        "sums": Shape({"ledger": TEXT, "decision": TEXT}, each(FEN, " ".join(SUMS))),
        "step": STEP,
    }
    takes = (*DECIDING, *BALLOTING, *SPENDING)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        deciding = [recorded for recorded in batch if type(recorded.envelope.data) in DECIDING]
        rows = write.known("decision", [key_of(recorded) for recorded in deciding])
        for recorded in deciding:
            rows.setdefault(key_of(recorded), {"number": recorded.number}).update(facts_of(recorded))
        write.put("decision", rows)
        steps: list[Key] = []
        sums: dict[Key, list[int]] = {}
        for recorded in batch:
            changes = changes_of(recorded.envelope.data)
            if (step := _step(recorded, changes)) is not None:
                steps.append(step)
            if changes is not None:
                of_decision = sums.setdefault(key_of(recorded), [0] * len(SUMS))
                for index, change in enumerate(changes):
                    of_decision[index] += change
        write.add("sums", sums)
        write.insert("step", sorted(steps))


def _step(recorded: Recorded[Event], changes: Changes | None) -> Key | None:
    """What an event changed, so that any earlier moment can be folded again."""
    decides = type(recorded.envelope.data) in DECIDING
    if changes is None and not decides:
        return None
    facts = facts_as_text(facts_of(recorded)) if decides else None
    day = recorded.envelope.occurred_on.toordinal()
    return *key_of(recorded), recorded.number, day, facts, *(changes or [0] * len(SUMS))


VIEW = Decisions()
