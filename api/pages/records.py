"""`/c/{ledger}/events` and `/{number}`: every record of a ledger, and one with all that stands in it."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from api.errors import Unknown
from api.pages.asked import asked_number, ledger_or_404, path
from api.pages.fields import fields_of, withheld_labels
from api.pages.frame import Shown, here, page
from api.pages.news import latest_news
from api.pages.place import place
from api.pages.steps import payment_of, tagged
from api.pages.votes import vote_of
from api.pages.wording import amount_of, headline, kind_word
from api.services import current
from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.entry import EntryReversed
from ledger.events import Event, Recorded
from ledger.rules.semantics import days_late
from projections import decisions

pages = Blueprint("records", __name__)

ROWS_MAX = 30
REVERSALS = (EntryReversed, ApportionmentReversed)


@pages.get("/c/<ledger>/events")
@page
def all_records(ledger: str) -> Shown:
    """Every record, the newest first: whatever kind it is, it stands here."""
    row, after = ledger_or_404(ledger), asked_number("after")
    found = latest_news(ledger, ROWS_MAX + 1, after)
    shown = found[:ROWS_MAX]
    return render_template(
        "records.html",
        **place(row, "records", (_("记录"), None)),
        rows=shown,
        newer=here(after=None) if after is not None else None,
        older=here(after=str(shown[-1].number)) if len(found) > ROWS_MAX else None,
    )


@pages.get("/c/<ledger>/events/<int:number>")
@page
def one_record(ledger: str, number: int) -> Shown:
    """One record: what happened, who recorded it, what led to it, and its fingerprint."""
    row = ledger_or_404(ledger)
    stored = current().store.ledger_rows(ledger, number - 1, 1) if number < row.events else []
    recorded = current().store.numbered(ledger, number) if stored else None
    if recorded is None:
        raise Unknown
    what, about = kind_word(recorded.data.kind), headline(recorded.data)
    return render_template(
        "record.html",
        **place(
            row, "records", (_("记录"), path(ledger, "events")), (_("第 %(number)s 条", number=number), None)
        ),
        recorded=recorded,
        envelope=recorded.envelope,
        what=what,
        about=None if about == what else about,
        amount_fen=amount_of(recorded.data),
        late_days=days_late(recorded.envelope.recorded_at, recorded.occurred_on),
        fields=fields_of(recorded.data, ledger),
        withheld=withheld_labels(recorded.data),
        leaf_hash=stored[0].leaf_hash.hex(),
        size_bytes=len(stored[0].entry),
        raw_url=f"/api/v1/ledgers/{ledger}/events/{number}",
        reverses=recorded.data.number if isinstance(recorded.data, REVERSALS) else None,
        reversed_by=_reversal(ledger, number),
        last_number=row.events - 1,
        **_trace(ledger, recorded),
    )


def _reversal(ledger: str, number: int) -> Recorded[Event] | None:
    for tag in (f"entry:{number}", f"apportionment:{number}"):
        for one in tagged(ledger, tag):
            if isinstance(one.data, REVERSALS) and one.data.number == number:
                return one
    return None


def _trace(ledger: str, recorded: Recorded[Event]) -> dict[str, Any]:
    """The payment and the decision an event belongs to, if it does."""
    payment = getattr(recorded.data, "payment", None)
    decision = getattr(recorded.data, "decision", None)
    found = decisions.one(current().views, ledger, decision) if decision else None
    return {
        "payment": payment_of(ledger, payment) if payment else None,
        "decision": found,
        "vote": vote_of(found) if found else None,
    }
