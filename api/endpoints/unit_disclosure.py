"""What belongs to one owner, with all that proves it, given out by those who answer for it: never public."""

import msgspec
from flask import g

from api import services
from api.errors import Unknown
from api.private import Reader, read_privately
from api.reading import Answer, Blueprint, Query
from ledger.actors import Role
from ledger.disclosing import OwnRecord, of_unit
from ledger.errors import Refused
from ledger.fields import Id
from ledger.transparency.proving import prove

blueprint = Blueprint("Unit disclosure", __name__, description="What an owner takes away to check alone")
READERS: tuple[Role, ...] = ("secretary", "auditor")


class UnitDisclosureQuery(Query, kw_only=True):
    """Of which unit; `decision`: its ballots of one vote alone."""

    unit: Id
    decision: Id | None = None


class UnitDisclosureAnswer(Answer, kw_only=True):
    """The records about a unit since its present owner has it, each with what opens it and proves it."""

    ledger: str
    unit: str
    records: tuple[OwnRecord, ...]


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/unit-disclosure",
    query=UnitDisclosureQuery,
    gives=UnitDisclosureAnswer,
    reading="read-unit-disclosure",
    roles=READERS,
)
def unit_disclosure(asked: UnitDisclosureQuery, ledger: str) -> UnitDisclosureAnswer:
    """A unit's own ballots, and its own shares of what was divided, to be given to its owner."""
    here, reader = services.current(), g.reader
    assert isinstance(reader, Reader)  # noqa: S101
    records = disclosed(here, ledger, asked.unit, asked.decision, restricted=reader.audits)
    return UnitDisclosureAnswer(
        position=here.views.position(), ledger=ledger, unit=asked.unit, records=records
    )


def disclosed(
    here: services.Services, ledger: str, unit: str, decision: str | None, *, restricted: bool
) -> tuple[OwnRecord, ...]:
    """The records with their proofs, as far as the log is published. Errors: `Unknown` for no such unit."""
    log = here.logs.of(ledger)
    try:
        found = list(of_unit(here.store, here.vault, ledger, unit, decision=decision, restricted=restricted))
    except Refused as refused:
        raise Unknown("record.unknown") from refused
    proofs = {one.record: prove(log, one.record) if log else None for one in found}
    return tuple(
        msgspec.structs.replace(one, proof=str(proof)) if (proof := proofs[one.record]) else one
        for one in found
    )
