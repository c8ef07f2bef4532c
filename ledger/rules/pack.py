"""Rule packs: one TOML file per issuing body, read strictly; a fault names the file and the key.

A limit says by the end of its name how it is meant: `_min` and `_max` include the number itself, `_over` and
`_below` do not (SEM-01, SEM-02). So a community's own rules can be told to be stricter, never looser.
A rule stands in the pack of its highest source. Where a narrower body words it anew, its pack says in whose
place, and where it loosens it that it does: a city's packs and its districts' never contradict unseen.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal, get_args

import msgspec

from ledger.errors import LedgerError
from ledger.fields import Id, Line, Paragraph, Part, RuleId
from ledger.rules.parameters import (
    OPTIONAL,
    PARAMETERS,
    TERMS,
    Value,
    contradiction,
    is_looser,
    read_value,
)

Level = Literal[
    "law", "regulation", "local_regulation", "gov_rule", "judicial_interpretation", "normative_document",
    "policy", "design",
]  # fmt: skip
Severity = Literal["block", "violation", "amber", "info"]
Confidence = Literal["verified", "known", "uncertain"]
Overridable = Literal["no", "stricter_only", "fills_gap"]
LEVELS: tuple[Level, ...] = get_args(Level)


class PackFault(LedgerError):
    """A rule pack says what cannot be: `file`, `key` and what is wrong with it."""

    code = "rules.pack-fault"


class SourceText(Part, frozen=True, kw_only=True):
    """The instrument a rule stands in."""

    name: Line
    doc_no: Line | None = None


class Rule(Part, frozen=True, kw_only=True):
    """One rule for one period of validity, both days included; an amended rule is entered again."""

    id: RuleId
    title_zh: Line
    title_en: Line
    source: str
    clause: Line
    level: Level
    valid_from: date
    valid_to: date | None = None
    confidence: Confidence
    severity: Severity
    overridable_by_covenant: Overridable = "no"
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)
    in_place_of: Id | None = None  # the wider pack whose rule of this id gives way to this one
    loosens: bool = False  # as a special law may, such as the regulations of Pudong
    note_zh: Paragraph | None = None
    note_en: Paragraph | None = None

    def is_in_force(self, day: date) -> bool:
        """Whether this version of the rule holds on a legal date."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def values(self) -> dict[str, Value]:
        """The parameters as the code reads them."""
        return {name: read_value(self.id, name, given) for name, given in self.parameters.items()}


class Pack(Part, frozen=True, kw_only=True):
    """The rules of one issuing body; `version` is the day on which this text of the pack was settled."""

    id: Id
    title_zh: Line
    title_en: Line
    jurisdiction: Line
    version: date
    sources: dict[str, SourceText]
    rule: tuple[Rule, ...]

    @property
    def edition(self) -> str:
        """`cn-31/2026-11-20`: what an event records of the pack it was judged by."""
        return f"{self.id}/{self.version}"

    def is_narrower_than(self, other: "Pack") -> bool:
        """Whether this body's area lies within the other's: CN-31-PD within CN-31, not within CN-3."""
        return f"{self.jurisdiction}-".startswith(f"{other.jurisdiction}-") and self.id != other.id


@cache
def packs() -> dict[str, Pack]:
    """The packs shipped with this version, by id. Errors: `PackFault`."""
    folder = resources.files("ledger.rules").joinpath("packs")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
    return {pack.id: pack for pack in read_all(files)}


def read_all(files: Sequence[Traversable]) -> list[Pack]:
    """The packs in these files, each sound by itself and none against another. Errors: `PackFault`."""
    found: dict[str, str] = {}
    read = []
    for file in files:
        pack = read_pack(file.name, file.read_bytes())
        if pack.id in found:
            raise PackFault(file=file.name, key="id", problem=f"{pack.id} is also in {found[pack.id]}")
        found[pack.id] = file.name
        read.append(pack)
    for pack, file_name in zip(read, found.values(), strict=True):
        for key, problem in _faults_among(pack, [other for other in read if other is not pack]):
            raise PackFault(file=file_name, key=key, problem=problem)
    return read


def read_pack(file: str, content: bytes) -> Pack:
    """One pack. Errors: `PackFault` with the file and the key at fault."""
    try:
        raw = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackFault(
            "rules.pack-no-toml",
            file=file,
            line=_line(content, error),
            reason=str(error).partition(" (at ")[0],
        ) from error
    try:
        pack = msgspec.convert(raw, Pack)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$.")
        key = ".".join([*filter(None, [path.rstrip("`")]), *re.findall(r"field `(\w+)`", problem)])
        raise PackFault(file=file, key=key, problem=problem) from error
    for key, problem in _faults(pack):
        raise PackFault(file=file, key=key, problem=problem)
    return pack


def _line(content: bytes, error: UnicodeDecodeError | tomllib.TOMLDecodeError) -> int:
    """Where a file stops being TOML; of the second kind of error only its message says it."""
    if isinstance(error, UnicodeDecodeError):
        return content.count(b"\n", 0, error.start) + 1
    named = re.search(r"at line (\d+)", str(error))
    return int(named[1]) if named else content.count(b"\n") + 1


def _faults(pack: Pack) -> Iterator[tuple[str, str]]:
    for index, rule in enumerate(pack.rule):
        key = f"rule[{index}] {rule.id}"
        if rule.source not in pack.sources:
            yield f"{key}.source", f"{rule.source} is not among the sources"
        if rule.valid_to is not None and rule.valid_to < rule.valid_from:
            yield f"{key}.valid_to", f"before valid_from {rule.valid_from}"
        yield from _faults_of_parameters(key, rule)
        for other in pack.rule[:index]:
            if other.id == rule.id and _overlap(other, rule):
                yield f"{key}.valid_from", f"another version is in force from {other.valid_from}"


def _faults_of_parameters(key: str, rule: Rule) -> Iterator[tuple[str, str]]:
    known = PARAMETERS.get(rule.id, {})
    for name, given in rule.parameters.items():
        if name not in known or name in TERMS.get(rule.id, ()):
            yield f"{key}.parameters.{name}", "unknown parameter"
            continue
        try:
            read_value(rule.id, name, given)
        except ValueError as error:
            yield f"{key}.parameters.{name}", str(error)
            return
    may_be_left_out = TERMS.get(rule.id, ()) + OPTIONAL.get(rule.id, ())
    for name in known:
        if name not in rule.parameters and name not in may_be_left_out:
            yield f"{key}.parameters.{name}", "missing"
    if problem := contradiction(rule.values()):
        yield f"{key}.parameters", problem


def _overlap(one: Rule, other: Rule) -> bool:
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )


def _faults_among(pack: Pack, others: Sequence[Pack]) -> Iterator[tuple[str, str]]:
    for index, rule in enumerate(pack.rule):
        key = f"rule[{index}] {rule.id}"
        if rule.in_place_of is None:
            if rule.loosens:
                yield f"{key}.loosens", "nothing is in_place_of"
            for other in others:
                if pack.is_narrower_than(other) and any(_same(rule, one) for one in other.rule):
                    yield f"{key}.in_place_of", f"{other.id} has this rule at the same time"
            continue
        wider = [other for other in others if other.id == rule.in_place_of and pack.is_narrower_than(other)]
        replaced = [one for other in wider for one in other.rule if _same(rule, one)]
        if not replaced:
            yield f"{key}.in_place_of", f"no wider pack {rule.in_place_of} has this rule at that time"
        for one in replaced:
            if not rule.loosens and (name := _looser(rule, one)):
                yield f"{key}.parameters.{name}", f"looser than in {rule.in_place_of}, and does not say so"


def _same(one: Rule, other: Rule) -> bool:
    return one.id == other.id and _overlap(one, other)


def _looser(rule: Rule, replaced: Rule) -> str:
    own = rule.values()
    for name, value in replaced.values().items():
        if name not in own or is_looser(name, own[name], value):
            return name
    return ""
