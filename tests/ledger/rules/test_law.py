"""The law of one community on one day, and what judging a command by it comes to."""

from datetime import date, timedelta

import pytest

from ledger.actions.rules import RulesAdopted
from ledger.errors import LedgerError, Refused
from ledger.rules.law import Adoption, Judged, Judgement, OwnParameter, check_adoption, law_on, title
from ledger.rules.pack import packs
from ledger.rules.semantics import Ratio

TODAY = date(2026, 11, 20)
SILENT = Adoption()


SOMETHING = RulesAdopted(starts_on=TODAY)  # any event will do


def own(rule: str, name: str, value: int | str) -> OwnParameter:
    return OwnParameter(rule=rule, name=name, value=value)


def living_by(*parameters: OwnParameter, also: tuple[str, ...] = ()) -> Adoption:
    return Adoption(packs=also, parameters=parameters)


def refusal(adoption: Adoption, day: date = TODAY) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(Refused) as refused:
        check_adoption(adoption, day)
    return refused.value.code, refused.value.rules


# -- which rules hold ----------------------------------------------------------------------------------------


def test_the_law_of_the_land_and_of_the_city_holds_without_being_adopted():
    law = law_on(TODAY, SILENT)
    assert law.is_in_force("VOTE-02")
    assert law.is_in_force("REV-06")
    assert law.editions == tuple(sorted(packs()[name].edition for name in ("cn", "cn-31")))


def test_the_law_of_a_district_and_the_policy_of_a_street_hold_where_they_are_adopted():
    assert not law_on(TODAY, SILENT).is_in_force("VOTE-27")
    law = law_on(TODAY, living_by(also=("cn-31-pd", "dongming")))
    assert law.is_in_force("VOTE-27")
    assert law.is_in_force("FIRM-15")
    assert {edition.partition("/")[0] for edition in law.editions} == {"cn", "cn-31", "cn-31-pd", "dongming"}


def test_adopting_what_holds_for_everybody_changes_nothing():
    law = law_on(TODAY, living_by(also=("cn", "cn-31")))
    assert law.editions == law_on(TODAY, SILENT).editions
    assert law.rules == law_on(TODAY, SILENT).rules


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [("FUND-13", date(2024, 10, 1), date(2029, 6, 30)), ("AUD-06", date(2021, 7, 1), date(2026, 6, 30))],
)
def test_the_law_is_that_of_the_legal_date_and_stops_by_itself(rule, first, last):
    day_before, day_after = first - timedelta(days=1), last + timedelta(days=1)
    held = [law_on(day, SILENT).is_in_force(rule) for day in (day_before, first, last, day_after)]
    assert held == [False, True, True, False]


def test_on_every_day_the_law_has_exactly_the_versions_in_force():
    for day in (date(2020, 12, 31), date(2021, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2031, 1, 1)):
        held = [rule for name in ("cn", "cn-31") for rule in packs()[name].rule if rule.is_in_force(day)]
        assert sorted(law_on(day, SILENT).rules.values(), key=lambda rule: rule.id) == sorted(
            held, key=lambda rule: rule.id
        )


def test_a_rule_no_pack_ever_had_is_a_fault_of_the_program():
    with pytest.raises(LedgerError) as fault:
        law_on(TODAY, SILENT).is_in_force("VOTE-99")
    assert fault.value.code == "rules.unknown"


# -- what a rule settles -------------------------------------------------------------------------------------


def test_shares_and_numbers_are_those_of_the_day():
    law = law_on(TODAY, SILENT)
    assert law.share("FUND-13", "share_max") == Ratio(30, 100)
    assert law.number("REV-13", "fen_min") == 50_000_00
    assert law.severity("FUND-13") == "block"


def test_asking_for_a_number_where_there_is_a_share_is_a_fault_of_the_program():
    law = law_on(TODAY, SILENT)
    with pytest.raises(LedgerError) as no_number:
        law.number("FUND-13", "share_max")
    with pytest.raises(LedgerError) as no_share:
        law.share("REV-13", "fen_min")
    assert no_number.value.code == "rules.not-a-number"
    assert no_share.value.code == "rules.not-a-share"


def test_a_number_of_a_rule_that_does_not_hold_yet_is_refused():
    with pytest.raises(Refused) as refused:
        law_on(date(2024, 9, 30), SILENT).share("FUND-13", "share_max")
    assert (refused.value.code, refused.value.rules) == ("rules.not-in-force", ("FUND-13",))


def test_what_neither_law_nor_community_settles_is_refused_when_it_is_needed():
    with pytest.raises(Refused) as refused:
        law_on(TODAY, SILENT).number("FUND-19", "review_fen_min")
    assert (refused.value.code, refused.value.rules) == ("rules.not-settled", ("FUND-19",))


def test_a_term_of_a_silent_community_is_none():
    assert law_on(TODAY, SILENT).term("REV-10", "to_fund_share") is None


def test_a_term_of_a_community_is_its_own():
    law = law_on(TODAY, living_by(own("REV-10", "to_fund_share", "70/100")))
    assert law.term("REV-10", "to_fund_share") == law.share("REV-10", "to_fund_share") == Ratio(70, 100)


def test_a_stricter_number_of_a_community_takes_the_place_of_the_laws():
    law = law_on(TODAY, living_by(own("VOTE-13", "days_min", 20)))
    assert law.number("VOTE-13", "days_min") == 20
    assert law_on(TODAY, SILENT).number("VOTE-13", "days_min") == 15


def test_a_communitys_own_number_ends_with_its_rule():
    adopted = living_by(own("FUND-13", "share_max", "20/100"))
    assert law_on(date(2029, 6, 30), adopted).share("FUND-13", "share_max") == Ratio(20, 100)
    assert not law_on(date(2029, 7, 1), adopted).is_in_force("FUND-13")


# -- what a community may adopt ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameter",
    [
        own("FUND-13", "share_max", "20/100"),
        own("FUND-13", "share_max", "3/10"),  # the law's own figure, written otherwise
        own("VOTE-13", "days_min", 15),
        own("VOTE-13", "days_min", 16),
        own("COM-02", "years_max", 4),
        own("VOTE-11", "unreturned", "with-the-majority"),
        own("FUND-19", "review_fen_min", 100_000_00),
        own("VOTE-28", "threshold_class", "ordinary"),
    ],
)
def test_a_community_may_tighten_the_law_and_fill_its_gaps(parameter):
    check_adoption(living_by(parameter), TODAY)


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        (own("FUND-13", "share_max", "31/100"), "rules.looser-than-the-law"),
        (own("VOTE-13", "days_min", 14), "rules.looser-than-the-law"),
        (own("COM-02", "years_max", 6), "rules.looser-than-the-law"),
        (own("VOTE-02", "area_share_min", "3/4"), "rules.not-overridable"),
        (own("FUND-13", "days_min", 1), "rules.parameter-unknown"),
        (own("VOTE-23", "days_min", 1), "rules.parameter-unknown"),
        (own("FUND-13", "share_max", "0.2"), "rules.parameter-malformed"),
        (own("VOTE-13", "days_min", "fifteen"), "rules.parameter-malformed"),
        (own("AUD-06", "months_max", 1), "rules.not-in-force"),  # expired on 2026-06-30
        (own("VOTE-27", "months_max", 6), "rules.not-in-force"),  # Pudong's, and Pudong's pack is not adopted
        (own("VOTE-99", "days_min", 1), "rules.not-in-force"),
    ],
)
def test_a_community_may_not_go_below_the_law_or_beside_it(parameter, code):
    assert refusal(living_by(parameter)) == (code, (parameter.rule,))


def test_a_parameter_cannot_be_settled_twice():
    twice = living_by(own("VOTE-13", "days_min", 16), own("VOTE-13", "days_min", 17))
    assert refusal(twice) == ("rules.parameter-twice", ("VOTE-13",))


def test_a_pack_that_is_not_there_cannot_be_adopted():
    assert refusal(living_by(also=("cn-32",))) == ("rules.pack-unknown", ())


def test_nobody_lives_in_two_places():
    assert refusal(living_by(also=("hongkou", "cn-31-pd"))) == ("rules.packs-of-two-places", ())
    assert refusal(living_by(also=("dongming", "xinzhuang"))) == ("rules.packs-of-two-places", ())


def test_a_street_lies_in_its_district_whatever_is_named_first():
    for order in (("dongming", "cn-31-pd"), ("cn-31-pd", "dongming")):
        check_adoption(living_by(also=order), TODAY)
        law = law_on(TODAY, living_by(also=order))
        assert {edition.split("/")[0] for edition in law.editions} == {"cn", "cn-31", *order}


def test_a_pack_this_version_lacks_is_said_and_never_left_out():
    with pytest.raises(LedgerError, match=r"rules\.pack-missing.*cn-32"):
        law_on(TODAY, living_by(also=("cn-32",)))


def test_what_a_community_may_adopt_is_judged_by_the_law_of_its_first_day():
    parameter = living_by(own("AUD-06", "months_max", 1))
    check_adoption(parameter, date(2026, 6, 30))
    assert refusal(parameter, date(2026, 7, 1)) == ("rules.not-in-force", ("AUD-06",))


# -- judging -------------------------------------------------------------------------------------------------


def judging(*acknowledged: str, happened: bool, day: date = TODAY) -> Judgement:
    return Judgement(law_on(day, SILENT), acknowledged, happened=happened)


BLOCKED = {"code": "fund-payment.too-much", "rules": ("FUND-14",)}


def test_what_is_met_is_no_irregularity():
    judge = judging(happened=False)
    judge.require(True, **BLOCKED)
    assert judge.of(SOMETHING) == Judged(SOMETHING, law_on(TODAY, SILENT).editions, ())


def test_what_is_to_come_and_forbidden_is_refused_with_its_rule():
    with pytest.raises(Refused) as refused:
        judging(happened=False).require(False, **BLOCKED, fen=1)
    assert (refused.value.code, refused.value.rules) == ("fund-payment.too-much", ("FUND-14",))
    assert refused.value.details["fen"] == 1


def test_what_is_to_come_stays_forbidden_although_it_is_acknowledged():
    with pytest.raises(Refused):
        judging("FUND-14", happened=False).require(False, **BLOCKED)


def test_what_happened_is_refused_until_it_is_acknowledged():
    with pytest.raises(Refused):
        judging(happened=True).require(False, **BLOCKED)
    judge = judging("FUND-14", happened=True)
    judge.require(False, **BLOCKED)
    assert judge.of(SOMETHING).irregularities == ("FUND-14",)


def test_all_rules_that_are_broken_must_be_acknowledged():
    both = {"code": "fund-payment.needs-a-vote", "rules": ("FUND-09", "VOTE-01")}
    with pytest.raises(Refused):
        judging("FUND-09", happened=True).require(False, **both)
    judge = judging("FUND-09", "VOTE-01", happened=True)
    judge.require(False, **both)
    assert judge.of(SOMETHING).irregularities == ("FUND-09", "VOTE-01")


def test_acknowledging_another_rule_does_not_help():
    with pytest.raises(Refused):
        judging("FUND-13", happened=True).require(False, **BLOCKED)


@pytest.mark.parametrize("happened", [True, False])
@pytest.mark.parametrize("rule", ["VOTE-13", "FUND-28", "VOTE-01"])  # a violation, amber, information
def test_a_duty_that_is_broken_is_recorded_as_such_and_never_refused(rule, happened):
    judge = judging(happened=happened)
    judge.require(False, "vote.notice-too-short", rules=(rule,))
    assert judge.of(SOMETHING).irregularities == (rule,)


def test_a_rule_that_does_not_hold_on_the_day_is_not_broken():
    judge = judging(happened=False, day=date(2024, 9, 30))
    judge.require(False, **BLOCKED)
    assert judge.of(SOMETHING).irregularities == ()


def test_judging_by_a_rule_no_pack_has_is_a_fault_of_the_program():
    with pytest.raises(LedgerError) as fault:
        judging(happened=False).require(False, "vote.strange", rules=("VOTE-99",))
    assert fault.value.code == "rules.unknown"


def test_a_rule_broken_twice_is_one_irregularity_and_they_come_in_order():
    judge = judging(happened=False)
    for rule in ("VOTE-16", "VOTE-13", "VOTE-16"):
        judge.require(False, "vote.late", rules=(rule,))
    assert judge.of(SOMETHING).irregularities == ("VOTE-13", "VOTE-16")


# -- words ---------------------------------------------------------------------------------------------------


def test_a_rule_has_a_title_in_both_languages():
    assert title("FUND-14", "zh") == "审价完成前，累计支取不超过合同价的百分之九十"
    assert title("FUND-14", "en").startswith("Before the price review is finished")


def test_the_title_is_that_of_the_newest_version():
    assert title("FIRM-10", "zh") == "临时物业服务不超过六个月"


def test_an_id_no_pack_has_has_no_title():
    assert title("VOTE-99", "en") == ""
