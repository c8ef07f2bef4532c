"""The law of one community on one day, and judging by it: what is forbidden, what is wrong but happened."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from ledger.errors import LedgerError, Refused
from ledger.events import Event
from ledger.fields import Id, Line, Part, RuleId, Whole
from ledger.rules.pack import Pack, Rule, packs
from ledger.rules.parameters import TERMS, Value, is_looser, read_value
from ledger.rules.semantics import Ratio

OF_EVERYBODY = ("cn", "cn-31")  # the law of the land and of the city need not be adopted


class OwnParameter(Part, frozen=True, kw_only=True):
    """What a community's own rules say for one number or choice of a rule: `{"rule": "REV-10", …}`."""

    rule: RuleId
    name: Line
    value: Whole | Line


class Adoption(Part, frozen=True, kw_only=True):
    """The packs and own parameters of a community, from a day on."""

    packs: tuple[Id, ...] = ()
    parameters: tuple[OwnParameter, ...] = ()


class _Code(NamedTuple):
    """What is the same on all days between two changes of the law."""

    editions: tuple[str, ...]
    rules: Mapping[str, Rule]
    values: Mapping[str, Mapping[str, Value]]


@lru_cache(maxsize=512)
def _code(since: date, adoption: Adoption) -> _Code:
    found = _adopted(adoption)
    rules: dict[str, Rule] = {}
    for pack in found:  # what a narrower body says stands in place of what a wider one does
        rules |= {rule.id: rule for rule in pack.rule if rule.is_in_force(since)}
    values = {rule.id: rule.values() for rule in rules.values()}
    for own in adoption.parameters:
        if own.rule in rules:
            values[own.rule][own.name] = read_value(own.rule, own.name, own.value)
    return _Code(tuple(sorted(pack.edition for pack in found)), rules, values)


def _adopted(adoption: Adoption) -> list[Pack]:
    """The packs a community lives by, the wider first. Errors: `LedgerError` for one this version lacks."""
    names = dict.fromkeys((*OF_EVERYBODY, *adoption.packs))
    if missing := [name for name in names if name not in packs()]:
        raise LedgerError("rules.pack-missing", packs=missing)
    return sorted((packs()[name] for name in names), key=lambda pack: len(pack.jurisdiction))


@lru_cache(maxsize=1)
def _changes() -> tuple[date, ...]:
    """The days on which a rule of any pack begins, or is no longer in force, in order."""
    rules = [rule for pack in packs().values() for rule in pack.rule]
    begins = {rule.valid_from for rule in rules}
    ended = {rule.valid_to + timedelta(days=1) for rule in rules if rule.valid_to is not None}
    return (date.min, *sorted(begins | ended))


class Law:
    """The rules in force for a community on a day. Immutable; ask `law_on`."""

    def __init__(self, day: date, adoption: Adoption) -> None:
        self.day = day
        since = _changes()[bisect_right(_changes(), day) - 1]
        self.editions, self.rules, self._values = _code(since, adoption)

    def is_in_force(self, rule: str) -> bool:
        """Whether a rule holds on this day. Errors: `LedgerError` for a rule no pack ever had."""
        if rule not in self.rules and rule not in _newest():
            raise LedgerError("rules.unknown", rule=rule)
        return rule in self.rules

    def severity(self, rule: str) -> str:
        """`block`, `violation`, `amber` or `info`."""
        return self.rules[rule].severity

    def share(self, rule: str, name: str) -> Ratio:
        """A share the rule or the community settles. Errors: `Refused` if neither does on this day."""
        value = self._value(rule, name)
        if not isinstance(value, Ratio):
            raise LedgerError("rules.not-a-share", rule=rule, name=name)
        return value

    def number(self, rule: str, name: str) -> int:
        """A number of days, fen or things. Errors: as `share`."""
        value = self._value(rule, name)
        if not isinstance(value, int):
            raise LedgerError("rules.not-a-number", rule=rule, name=name)
        return value

    def term(self, rule: str, name: str) -> Value | None:
        """What the community's own rules settle, none if they are silent."""
        return self._values.get(rule, {}).get(name)

    def _value(self, rule: str, name: str) -> Value:
        if not self.is_in_force(rule):
            raise Refused("rules.not-in-force", rules=(rule,), day=self.day)
        if (value := self._values[rule].get(name)) is None:
            raise Refused("rules.not-settled", rules=(rule,), parameter=name)
        return value


@lru_cache(maxsize=1_024)
def law_on(day: date, adoption: Adoption) -> Law:
    """The law of a community that adopted this, on a day."""
    return Law(day, adoption)


def check_adoption(adoption: Adoption, day: date) -> None:
    """Refuse packs that do not exist, and own parameters the law leaves no room for on this day."""
    for name in adoption.packs:
        if name not in packs():
            raise Refused("rules.pack-unknown", pack=name, known=sorted(packs()))
    for wide, narrow in pairwise(_adopted(adoption)):
        if not narrow.is_narrower_than(wide):  # nobody lives in two districts
            raise Refused("rules.packs-of-two-places", one=wide.id, other=narrow.id)
    law = law_on(day, Adoption(packs=adoption.packs))
    seen: set[tuple[str, str]] = set()
    for own in adoption.parameters:
        if (own.rule, own.name) in seen:
            raise Refused("rules.parameter-twice", rules=(own.rule,), parameter=own.name)
        seen.add((own.rule, own.name))
        _check_parameter(own, law)


def _check_parameter(own: OwnParameter, law: Law) -> None:
    if own.rule not in law.rules:
        raise Refused("rules.not-in-force", rules=(own.rule,), day=law.day)
    try:
        value = read_value(own.rule, own.name, own.value)
    except KeyError:
        raise Refused("rules.parameter-unknown", rules=(own.rule,), parameter=own.name) from None
    except ValueError as error:
        raise Refused(
            "rules.parameter-malformed", rules=(own.rule,), parameter=own.name, reason=str(error)
        ) from None
    if own.name in TERMS.get(own.rule, ()):
        return
    rule = law.rules[own.rule]
    if rule.overridable_by_covenant == "no":
        raise Refused("rules.not-overridable", rules=(own.rule,), parameter=own.name)
    asked = rule.values().get(own.name)  # none: the law sets no such limit, any is stricter
    if (
        rule.overridable_by_covenant == "stricter_only"
        and asked is not None
        and is_looser(own.name, value, asked)
    ):
        raise Refused("rules.looser-than-the-law", rules=(own.rule,), parameter=own.name)


class Judged(msgspec.Struct, frozen=True, gc=False):
    """An event with what judged it: editions of packs, and the rules it breaks although it happened."""

    event: Event
    editions: tuple[str, ...]
    irregularities: tuple[str, ...]


class Judgement:
    """One command before the law. What is to come is refused; what happened is recorded as what it is."""

    def __init__(self, law: Law, acknowledged: Iterable[str], *, happened: bool) -> None:
        self.law = law
        self._acknowledged = frozenset(acknowledged)
        self._happened = happened
        self._broken: list[str] = []

    def require(self, met: bool, code: str, *, rules: tuple[str, ...], **details: Any) -> None:
        """Refuse unless met, or the rules are not in force, or what happened is acknowledged as it is.

        The first of `rules` decides by its validity and severity; all of them must be acknowledged.
        """
        if met or not self.law.is_in_force(rules[0]):
            return
        if self.law.severity(rules[0]) == "block" and not (
            self._happened and self._acknowledged.issuperset(rules)
        ):
            raise Refused(code, rules=rules, **details)
        self._broken += [rule for rule in rules if rule not in self._broken]

    def doubt(self, met: bool, *, rules: tuple[str, ...]) -> None:
        """Mark what may break these rules and nobody settled; never refuses, whatever their severity."""
        if not met and self.law.is_in_force(rules[0]):
            self._broken += [rule for rule in rules if rule not in self._broken]

    def of(self, event: Event) -> Judged:
        """The event as it is to be recorded."""
        return Judged(event, self.law.editions, tuple(sorted(self._broken)))


@lru_cache(maxsize=1)
def _newest() -> Mapping[str, Rule]:
    return {one.id: one for pack in packs().values() for one in pack.rule}


def title(rule: str, language: str) -> str:
    """The title of a rule in `zh` or `en`, of its newest version; empty for an id no pack has."""
    found = _newest()
    if rule not in found:
        return ""
    return found[rule].title_zh if language == "zh" else found[rule].title_en
