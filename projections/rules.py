"""By which rules a community lives on a day: the packs in force with what it adopted and settled itself."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import msgspec
from sqlalchemy import select

from ledger.actions.rules import RulesAdopted
from ledger.events import Event, Recorded
from ledger.rules.law import OF_EVERYBODY, Adoption, OwnParameter, law_on
from ledger.rules.pack import Confidence, Level, Overridable, Pack, Rule, Severity, packs
from projections.database import reading
from projections.snapshot import Snapshot
from projections.view import DAY, PLACE, TEXT, Shape, View, Write, day_number, day_of

SUBJECTS = ("VOTE", "COM", "FUND", "EMG", "AUD", "REV", "FIRM", "OPS", "INFO", "SEM")  # as people read them


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A number, a share such as "2/3", a choice or a list of words; none where the law leaves it open.

    `own_value`: what the community's own rules say instead.
    """

    name: str
    value: int | str | None = None
    words: tuple[str, ...] = ()
    own_value: int | str | None = None


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A rule in force, with the instrument it stands in; `edition` is what events record of its pack."""

    rule: str
    pack: str
    edition: str
    title_zh: str
    title_en: str
    source: str
    doc_no: str | None
    clause: str
    level: Level
    valid_from: date
    valid_to: date | None
    confidence: Confidence
    severity: Severity
    overridable_by_covenant: Overridable
    parameters: tuple[Parameter, ...]
    note_zh: str | None
    note_en: str | None

    @property
    def subject(self) -> str:
        """`VOTE` of `VOTE-02`."""
        return self.rule.partition("-")[0]


class PackRow(msgspec.Struct, frozen=True, kw_only=True):
    """A pack; `adopted`: whether it holds by the community's own choice, not for everybody."""

    pack: str
    title_zh: str
    title_en: str
    jurisdiction: str
    edition: str
    adopted: bool = False


class AdoptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a community adopted: `number` is the record, `starts_on` the day from which it holds."""

    number: int
    starts_on: date = msgspec.field(name="from")
    packs: tuple[str, ...]
    parameters: tuple[OwnParameter, ...]


def shipped(day: date, pack: str | None = None) -> tuple[list[PackRow], list[RuleRow]]:
    """All rules in force on a day, of every pack or of one; an unknown pack has none."""
    found = [one for one in packs().values() if pack in (None, one.id)]
    return [_pack_row(one) for one in found], _in_order(_rows(day, found, ()))


def of_adoption(day: date, adopted: AdoptionRow | None) -> tuple[list[PackRow], list[RuleRow]]:
    """The rules in force on a day for a community that adopted this."""
    adoption = Adoption() if adopted is None else Adoption(packs=adopted.packs, parameters=adopted.parameters)
    chosen = [*OF_EVERYBODY, *(name for name in adoption.packs if name not in OF_EVERYBODY)]
    found, law = [packs()[name] for name in chosen], law_on(day, adoption)
    # where a narrower pack words a rule anew, only its wording holds here
    rows = [row for row in _rows(day, found, adoption.parameters) if _of(row, law.rules)]
    return [_pack_row(one, adopted=one.id not in OF_EVERYBODY) for one in found], _in_order(rows)


@reading
def adopted(snapshot: Snapshot, ledger: str, day: date) -> AdoptionRow | None:
    """What a community had adopted for a day; of two from one day the one recorded later."""
    adoption = snapshot.table("rules", "adoption")
    query = select(adoption).where(adoption.c.ledger == ledger, adoption.c.starts_on <= day_number(day))
    query = query.order_by(adoption.c.starts_on.desc(), adoption.c.number.desc()).limit(1)
    found = snapshot.rows(query)
    if not found:
        return None
    body = msgspec.json.decode(found[0].adopted, type=Adoption)
    return AdoptionRow(
        number=found[0].number,
        starts_on=day_of(found[0].starts_on),
        packs=body.packs,
        parameters=body.parameters,
    )


def _rows(day: date, found: Sequence[Pack], own: Sequence[OwnParameter]) -> Iterator[RuleRow]:
    settled: dict[str, dict[str, int | str]] = {}
    for parameter in own:
        settled.setdefault(parameter.rule, {})[parameter.name] = parameter.value
    for pack in found:
        for rule in pack.rule:
            if rule.is_in_force(day):
                yield _row(pack, rule, settled.get(rule.id, {}))


def _row(pack: Pack, rule: Rule, own: Mapping[str, int | str]) -> RuleRow:
    terms = {name: None for name in own if name not in rule.parameters}
    return RuleRow(
        rule=rule.id,
        pack=pack.id,
        edition=pack.edition,
        title_zh=rule.title_zh,
        title_en=rule.title_en,
        source=pack.sources[rule.source].name,
        doc_no=pack.sources[rule.source].doc_no,
        clause=rule.clause,
        level=rule.level,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        confidence=rule.confidence,
        severity=rule.severity,
        overridable_by_covenant=rule.overridable_by_covenant,
        parameters=tuple(
            _parameter(name, value, own.get(name)) for name, value in {**rule.parameters, **terms}.items()
        ),
        note_zh=rule.note_zh,
        note_en=rule.note_en,
    )


def _parameter(name: str, value: Any, own: int | str | None) -> Parameter:
    if isinstance(value, list):
        return Parameter(name=name, words=tuple(value), own_value=own)
    return Parameter(name=name, value=value, own_value=own)


def _of(row: RuleRow, rules: Mapping[str, Rule]) -> bool:
    holding = rules[row.rule]
    return any(one is holding for one in packs()[row.pack].rule)


def _pack_row(pack: Pack, *, adopted: bool = False) -> PackRow:
    return PackRow(
        pack=pack.id,
        title_zh=pack.title_zh,
        title_en=pack.title_en,
        jurisdiction=pack.jurisdiction,
        edition=pack.edition,
        adopted=adopted,
    )


def _in_order(rows: Iterator[RuleRow] | Sequence[RuleRow]) -> list[RuleRow]:
    return sorted(rows, key=lambda row: (SUBJECTS.index(row.subject), row.rule, row.pack))


class Rules(View):
    """One row per adoption; what the packs say is in the program, not in the tables."""

    name: ClassVar[str] = "rules"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "adoption": Shape({"ledger": TEXT, "number": PLACE}, {"starts_on": DAY, "adopted": TEXT})
    }
    takes = (RulesAdopted,)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        write.insert("adoption", [_adoption(recorded) for recorded in batch])


def _adoption(recorded: Recorded[Any]) -> tuple[str, int, int | None, str]:
    body = Adoption(packs=recorded.data.packs, parameters=recorded.data.parameters)
    starts_on = day_number(recorded.data.starts_on)
    return recorded.ledger, recorded.number, starts_on, msgspec.json.encode(body).decode()


VIEW = Rules()
