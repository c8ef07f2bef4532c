"""`/c/{ledger}/exceptions`: bad news first: broken rules, money nobody can explain, findings overdue."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from msgspec import Struct

from api import languages, words
from api.pages.asked import asked_number, ledger_or_404
from api.pages.frame import Shown, here, page
from api.pages.place import place
from api.pages.steps import tagged
from api.pages.wording import amount_of, headline, kind_word, sentence, value_word
from api.services import current
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.suspense_entry import SuspenseEntryRecorded
from ledger.events import Event, Recorded
from ledger.rules.law import title
from projections import exceptions as view
from projections.exceptions import ExceptionRow

pages = Blueprint("exceptions", __name__)

ROWS_MAX, OPEN_MAX, ON_THE_BOOK_MAX = 20, 200, 3


class Broken(Struct, frozen=True):
    """A rule and what it asks, in the reader's language."""

    id: str
    title: str


class Item(Struct, frozen=True):
    """One exception in words; `sign` and `label` make its tag; `amount_fen` where the title has none."""

    row: ExceptionRow
    title: str
    sign: str
    label: str
    rules: tuple[Broken, ...]
    age_days: int
    amount_fen: int | None = None


class Open(Struct, frozen=True):
    """What is open: the newest of it, and how much there is."""

    items: list[Item]
    total: int


@pages.get("/c/<ledger>/exceptions")
@page
def all_exceptions(ledger: str) -> Shown:
    """What is open, then what was resolved; the newest first."""
    row, views, after = ledger_or_404(ledger), current().views, asked_number("after")
    resolved = view.page(views, ledger, state="resolved", after=after, limit=ROWS_MAX + 1, newest_first=True)
    shown = resolved[:ROWS_MAX]
    return render_template(
        "exceptions.html",
        **place(row, "exceptions", (_("不合规和说不清的事"), None)),
        open=[] if after is not None else [_item(ledger, one) for one in _open(ledger)],
        resolved=[_item(ledger, one) for one in shown],
        newer=here(after=None) if after is not None else None,
        older=here(after=str(shown[-1].place)) if len(resolved) > ROWS_MAX else None,
        is_first=after is None,
    )


@pages.app_template_global("open_exceptions")
def open_exceptions(ledger: str) -> Open:
    """What a community's own page says first: all that is wrong; of findings only what is overdue."""
    pressing = [row for row in _open(ledger) if row.what != "finding" or _is_bad(row)]
    return Open([_item(ledger, row) for row in pressing[:ON_THE_BOOK_MAX]], len(pressing))


def _open(ledger: str) -> list[ExceptionRow]:
    rows = view.page(current().views, ledger, state="open", limit=OPEN_MAX, newest_first=True)
    return sorted(rows, key=lambda row: (not _is_bad(row), row.what == "finding"))


def _is_bad(row: ExceptionRow) -> bool:
    return _tag(row)[0] == "bad"


def _item(ledger: str, row: ExceptionRow) -> Item:
    sign, label = _tag(row)
    about, amount_fen = _title(ledger, row)
    return Item(
        row,
        about,
        "ok" if row.state == "resolved" else sign,
        _("已解决") if row.state == "resolved" else label,
        broken_rules(row.rules),
        row.age_days(current().today),
        amount_fen,
    )


def _tag(row: ExceptionRow) -> tuple[str, str]:
    if row.what == "irregularity":
        return "bad", _("不合规定")
    if row.what == "bank-difference":
        return "bad", _("和银行对不上")
    if row.what == "suspense":
        return "warn", _("说不清的钱")
    return ("bad", _("整改逾期")) if row.is_overdue(current().today) else ("warn", _("整改中"))


def _title(ledger: str, row: ExceptionRow) -> tuple[str, int | None]:
    """What it is about in a line, and its amount unless that is said in the line."""
    if row.fund is not None and row.fen is not None:
        fund, fen = value_word("fund", row.fund), row.fen
        return sentence(str(_of_money(row, fund, words.yuan(abs(fen)), fen > 0))), None
    recorded = current().store.numbered(ledger, row.number) if row.text is None else None
    if recorded is None:
        return row.text or kind_word(row.kind), None
    what, about = kind_word(row.kind), headline(recorded.data)
    line = what if about == what else str(_("%(what)s：%(about)s", what=what, about=about))
    return line, amount_of(recorded.data)


def _of_money(row: ExceptionRow, fund: str, amount: str, more: bool) -> object:
    if row.what == "suspense":
        if more:
            return _("%(fund)s：收到 %(sum)s 元，还不知道是什么钱", fund=fund, sum=amount)
        return _("%(fund)s：付出 %(sum)s 元，还不知道是什么钱", fund=fund, sum=amount)
    if row.fen == 0:
        return _("%(fund)s：银行和账上对上了", fund=fund)
    if more:
        return _("%(fund)s：银行比账上多 %(sum)s 元", fund=fund, sum=amount)
    return _("%(fund)s：银行比账上少 %(sum)s 元", fund=fund, sum=amount)


# -- what became of one record -------------------------------------------------------------------------------


class Became(Struct, frozen=True):
    """What a record breaks and how that was put right; for suspense, the record that recognised it.

    `explained`: what was said of it where the auditor's programme found it.
    """

    rules: tuple[Broken, ...]
    resolved: Recorded[Event] | None
    is_suspense: bool
    classified: Recorded[Event] | None
    explained: tuple[Recorded[Event], ...] = ()


@pages.app_template_global("corrections_of")
def corrections_of(ledger: str, recorded: Recorded[Event]) -> Became:
    """What a record's own page says of it beside reversals."""
    broken = broken_rules(recorded.envelope.irregularities)
    resolved = tagged(ledger, f"irregularity:{recorded.number}") if broken else []
    is_suspense = isinstance(recorded.data, SuspenseEntryRecorded)
    classified = _classified(ledger, recorded.number) if is_suspense else None
    explained = tuple(tagged(ledger, f"explained:{recorded.number}"))
    return Became(broken, resolved[0] if resolved else None, is_suspense, classified, explained)


def _classified(ledger: str, number: int) -> Recorded[Event] | None:
    """The record that recognised an entry in suspense, unless that was taken back."""
    found = None
    for one in tagged(ledger, f"entry:{number}"):
        match one.data:
            case EntryClassified():
                found = one
            case EntryReversed(number=undone) if found is not None and undone == found.number:
                found = None
    return found


def broken_rules(rules: tuple[str, ...]) -> tuple[Broken, ...]:
    """Rules and what they ask, in the reader's language."""
    return tuple(Broken(rule, title(rule, languages.language()) or rule) for rule in rules)
