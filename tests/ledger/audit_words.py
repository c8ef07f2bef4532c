"""The words of the auditor's programme: the use of a seal, the explanation of a false alarm."""

from datetime import date
from typing import Any

from ledger.actions.exception_explanation import ExceptionExplained, ExplainException
from ledger.actions.seal import RecordSealUse, SealUsed
from ledger.actors import Role
from tests.ledger.happened import SUMMER
from tests.ledger.story import Fact

DOCUMENT = "电梯广告续签意向书"
WHY = "同一张发票分两次付清，两次都附了银行回单。"
KEEPER, OTHER_KEEPER = "委员1", "委员2"  # as `committee_seated` calls them


def use_seal(seal: Any = "committee", **of: Any) -> RecordSealUse:
    fields = {"document": DOCUMENT, "copies": 2, "used_on": SUMMER, **of}
    return RecordSealUse(seal=seal, **fields)


def seal_used(seal: Any = "committee", *, on: date = SUMMER, by: Role = "secretary", **of: Any) -> Fact:
    fields = {"document": DOCUMENT, "copies": 2, **of}
    return Fact(SealUsed(seal=seal, used_on=on, **fields), by, on)


def explain(query: Any, *records: int, item: str | None = None) -> ExplainException:
    return ExplainException(found_by=query, records=records, item=item, explanation=WHY)


def explained(query: Any, *records: int, by: Role = "auditor", **of: Any) -> Fact:
    event = ExceptionExplained(found_by=query, records=records, explanation=WHY, **of)
    return Fact(event, by)
