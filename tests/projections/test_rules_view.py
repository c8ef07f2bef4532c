"""By which rules a community lives on a day: what it adopted, and the rules that come of it."""

from datetime import date

from ledger.actions.rules import RulesAdopted
from ledger.rules.law import OwnParameter
from projections import rules
from projections.rules import Parameter
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import Books

SUMMER, AUTUMN = date(2026, 7, 1), date(2026, 10, 1)
A_FIFTH_AT_FIRST = OwnParameter(rule="FUND-13", name="share_max", value="20/100")
SEVENTY_OF_A_HUNDRED = OwnParameter(rule="REV-10", name="to_fund_share", value="70/100")


def adopted(*parameters: OwnParameter, packs: tuple[str, ...] = (), starts_on: date = SUMMER) -> Fact:
    return Fact(RulesAdopted(starts_on=starts_on, packs=packs, parameters=parameters))


def test_before_anything_is_adopted_there_is_nothing(both_books: Books) -> None:
    both_books.tell(adopted(A_FIFTH_AT_FIRST, starts_on=SUMMER))
    shown = both_books.shown()
    assert rules.adopted(shown, WUTONGLI, date(2026, 6, 30)) is None
    assert rules.adopted(shown, "another", SUMMER) is None


def test_an_adoption_holds_from_its_day_until_the_next(both_books: Books) -> None:
    first = both_books.tell(adopted(A_FIFTH_AT_FIRST, packs=("dongming",), starts_on=SUMMER))
    second = both_books.tell(adopted(SEVENTY_OF_A_HUNDRED, starts_on=AUTUMN))
    shown = both_books.shown()
    in_summer, in_autumn = (rules.adopted(shown, WUTONGLI, day) for day in (date(2026, 9, 30), AUTUMN))
    assert in_summer is not None
    assert in_autumn is not None
    assert (in_summer.number, in_summer.starts_on, in_summer.packs) == (first, SUMMER, ("dongming",))
    assert (in_autumn.number, in_autumn.starts_on, in_autumn.packs) == (second, AUTUMN, ())
    assert in_summer.parameters == (A_FIFTH_AT_FIRST,)
    assert in_autumn.parameters == (SEVENTY_OF_A_HUNDRED,)


def test_the_day_decides_and_of_one_day_the_later_record(both_books: Books) -> None:
    both_books.tell(adopted(A_FIFTH_AT_FIRST, starts_on=AUTUMN))
    both_books.tell(adopted(A_FIFTH_AT_FIRST, starts_on=SUMMER))
    last = both_books.tell(adopted(SEVENTY_OF_A_HUNDRED, starts_on=SUMMER))
    found = rules.adopted(both_books.shown(), WUTONGLI, date(2026, 9, 30))
    assert found is not None
    assert (found.number, found.parameters) == (last, (SEVENTY_OF_A_HUNDRED,))


def test_the_rules_of_a_community_carry_its_own_numbers_beside_the_laws(both_books: Books) -> None:
    both_books.tell(adopted(A_FIFTH_AT_FIRST, SEVENTY_OF_A_HUNDRED))
    found = rules.adopted(both_books.shown(), WUTONGLI, SUMMER)
    rows = {row.rule: row for row in rules.of_adoption(SUMMER, found)[1]}
    assert rows["FUND-13"].parameters == (
        Parameter(name="share_max", value="30/100", own_value="20/100"),
        Parameter(name="documents", words=("resolution", "contract", "review-engagement")),
    )
    assert rows["REV-10"].parameters[-1] == Parameter(name="to_fund_share", own_value="70/100")


def test_a_community_has_the_packs_of_everybody_and_those_it_adopted(both_books: Books) -> None:
    both_books.tell(adopted(packs=("cn-31-pd",)))
    found = rules.adopted(both_books.shown(), WUTONGLI, SUMMER)
    packs, rows = rules.of_adoption(SUMMER, found)
    assert [(pack.pack, pack.adopted) for pack in packs] == [
        ("cn", False),
        ("cn-31", False),
        ("cn-31-pd", True),
    ]
    assert {row.pack for row in rows} == {"cn", "cn-31", "cn-31-pd"}
    assert "VOTE-27" in {row.rule for row in rows}
    assert "VOTE-27" not in {row.rule for row in rules.of_adoption(SUMMER, None)[1]}


def test_rules_come_by_subject_and_number_and_each_once() -> None:
    rows = rules.of_adoption(date(2026, 11, 20), None)[1]
    assert [rows[0].rule, rows[1].rule, rows[-1].rule] == ["VOTE-01", "VOTE-02", "SEM-09"]
    assert len({row.rule for row in rows}) == len(rows)


def test_of_a_rule_only_the_version_of_the_day_is_shown() -> None:
    def audit_months(day: date) -> list[tuple[Parameter, ...]]:
        return [row.parameters for row in rules.shipped(day)[1] if row.rule == "FIRM-05"]

    assert audit_months(date(2026, 6, 30)) == [(Parameter(name="audit_months_min", value=12),)]
    assert audit_months(date(2026, 7, 1)) == [()]


def test_one_pack_has_only_its_own_rules() -> None:
    packs, rows = rules.shipped(SUMMER, "dongming")
    assert [pack.pack for pack in packs] == ["dongming"]
    assert {row.pack for row in rows} == {"dongming"}
    assert rows[0].rule == "COM-26"
