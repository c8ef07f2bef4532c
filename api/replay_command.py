"""`mingzhang replay`: a ledger computed again from its events alone, beside what was published."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime

import click

from api import languages, terminal
from api.documents.statement_words import in_words, period_words
from api.errors import BadQuery
from api.services import Services
from api.terminal import say
from api.times import KNOWN_AT, known_at_of
from api.words import yuan
from ledger.dates import instant
from ledger.errors import UnknownLedger
from ledger.store.entries import recorded_at_of
from ledger.store.port import Store
from projections.reproduction import Again, Reproduction, reproduce

IT_DIFFERS = 1
SUBJECTS = {"duty": "duty", "balance": "fund"}
PERIOD = re.compile(r"(\S+)\.\.(\S+)")


def replay_command(services: Callable[..., AbstractContextManager[Services]]) -> click.Command:
    """The command, over the services of the installation."""

    @click.command("replay", help=say("replay"))
    @click.argument("ledger")
    @click.option("--until", help=say("replay.until"))
    @click.pass_context
    def replay(context: click.Context, ledger: str, until: str | None) -> None:
        """Print everything as it stood, and end with status 1 at the first difference."""
        with services(of_store_there=True) as here:
            last = _record(here.store, ledger, until)
            here.follower.catch_up()
            found = reproduce(
                here.store,
                ledger,
                last,
                compose=lambda composing: here.composer.statement(ledger, composing),
                kept=here.files.kept,
                live=here.views,
            )
        for line in _told(found):
            click.echo(line)
        if found.differences:
            context.exit(IT_DIFFERS)

    return replay


def _record(store: Store, ledger: str, until: str | None) -> int:
    """The last record to count: the newest, that of a number, or the last recorded at an instant."""
    records = store.length(ledger)
    if records == 0:
        raise UnknownLedger(ledger=ledger)
    if until is None:
        return records - 1
    if not re.fullmatch(KNOWN_AT, until):
        raise click.BadParameter(say("replay.until-malformed"), param_hint="--until")
    try:
        known = known_at_of(until)
    except BadQuery:
        raise click.BadParameter(say("replay.until-malformed"), param_hint="--until") from None
    last = known if isinstance(known, int) else _recorded_by(store, ledger, until, records)
    if not 0 <= last < records:
        raise click.BadParameter(say("replay.until-beyond", last=records - 1), param_hint="--until")
    return last


def _recorded_by(store: Store, ledger: str, until: str, records: int) -> int:
    """Instants never go back from one record to the next."""

    def recorded_at(number: int) -> datetime:
        return instant(recorded_at_of(store.ledger_rows(ledger, number - 1, 1)[0].entry))

    return bisect_right(range(records), instant(until), key=recorded_at) - 1


# -- in words ----------------------------------------------------------------------------------------


def _word(key: str) -> str:
    return languages.phrase(terminal.LANG, key, {})


def _told(found: Reproduction) -> Iterator[str]:
    yield say("replay.ledger", ledger=found.ledger, until=found.until, day=found.day, head=found.head)
    yield say("replay.records", records=found.until + 1)
    for fund in found.funds:
        held, committed = yuan(fund.balance_fen), yuan(fund.committed_fen)
        yield say("replay.fund", fund=_word(f"fund.{fund.fund}"), held=held, committed=committed)
    for row in found.decisions:
        status, left = say(f"replay.status.{row.status}"), yuan(row.remaining_fen)
        yield say("replay.decision", decision=row.decision, title=row.title, status=status, remaining=left)
    for duty in found.duties:
        title = duty.title_en if terminal.LANG == "en" else duty.title_zh
        state = _word(f"duty-state.{duty.state}")
        key = "replay.duty-late" if duty.late_days else "replay.duty"
        yield say(key, title=title, rule=duty.rule, state=state, days=duty.late_days)
    for statement in found.statements:
        words = in_words(statement, terminal.LANG)
        yield say("replay.stood", title=words.title, days=words.days, until=statement.until)
        for figure in (*words.sum, *words.figures):
            yield say("replay.stood-figure", title=figure.title, shown=figure.shown.text)
    for one in found.again:
        outcome = say("replay.same" if one.is_equal else "replay.other")
        yield say("replay.compared", what=_what(one), name=_name(one), at=one.at, outcome=outcome)
    if not found.differences:
        yield say("replay.equal", compared=len(found.again))
        return
    yield say("replay.differs", differences=len(found.differences), compared=len(found.again))
    yield from _first(found.differences[0])


def _what(one: Again) -> str:
    return say(f"replay.what.{one.what}")


def _name(one: Again) -> str:
    """A duty by what has to be done and for which months, a balance by its fund; others by their ids."""
    if one.what not in SUBJECTS:
        return one.name
    subject, *others = one.name.split(" ")
    periods = [PERIOD.sub(_period, part) for part in others]
    return " ".join([_word(f"{SUBJECTS[one.what]}.{subject}"), *periods])


def _period(found: re.Match[str]) -> str:
    first, last = map(date.fromisoformat, found.groups())
    return period_words(first, last, terminal.LANG)


def _first(one: Again) -> Iterator[str]:
    yield say("replay.first", what=_what(one), name=_name(one), at=one.at)
    yield say("replay.published", published=one.published)
    yield say("replay.replayed", replayed=one.replayed)
    if one.first is not None:
        place = " / ".join(part for part in (one.first.section, one.first.row, one.first.column) if part)
        yield say("replay.figure", place=place, old=one.first.old, new=one.first.new)
