"""The trail of a record: everything that led to it and everything that followed."""

from datetime import date
from typing import Literal

import msgspec

from api import services
from api.errors import Unknown
from api.pages.wording import amount_of
from api.reading import Answer, Blueprint, Query
from ledger.fields import SAFE_INTEGER
from projections.trail_stages import Stage
from projections.trail_verdicts import Verdict, verdict_of
from projections.trails import Step, trail_of

blueprint = Blueprint("Trails", __name__, description="What led to a record, and what followed from it")


class TrailStep(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a trail; of stage `due` a line of the contract it names, and how that was kept.

    `pooled`: of the common pot of public revenue, not of this record's money alone. `files`: how many
    belong to the record. `late`, `short`, `missing` ..: how a line that fell due was kept.
    """

    stage: Stage
    number: int
    kind: str
    on: date
    role: str
    amount_fen: int | None
    pooled: bool
    files: int
    line: Literal["upcoming", "received", "late", "short", "missing", "lapsed"] | None


class TrailAnswer(Answer, kw_only=True):
    """The steps in their natural order. `is_whole`: none was left out because there are too many.

    `verdict`: what they come to; null where there is nothing to compare.
    """

    number: int
    is_whole: bool
    verdict: Verdict | None
    steps: tuple[TrailStep, ...]


@blueprint.read("/ledgers/<id:ledger>/events/<int:number>/trail", gives=TrailAnswer, of="ledger")
def trail(_: Query, ledger: str, number: int) -> TrailAnswer:
    """The whole trail of a record, both ways: plan, vote, decision, contract, request, approval, payment."""
    here = services.current()
    root = here.store.numbered(ledger, number) if number <= SAFE_INTEGER else None
    if root is None:
        raise Unknown("record.unknown", number=number)
    with here.views.snapshot() as snapshot:
        found = trail_of(snapshot, here.store, ledger, root, here.today)
        return TrailAnswer(
            position=snapshot.position("decisions"),
            number=number,
            is_whole=found.is_whole,
            verdict=verdict_of(snapshot, ledger, found),
            steps=tuple(_step(step) for step in found.steps),
        )


def _step(step: Step) -> TrailStep:
    return TrailStep(
        stage=step.stage,
        number=step.recorded.number,
        kind=step.recorded.envelope.kind,
        on=step.on,
        role=step.recorded.envelope.by.role,
        amount_fen=step.line.amount_fen if step.line else amount_of(step.recorded.data),
        pooled=step.pooled,
        files=step.files,
        line=step.line.status if step.line else None,
    )
