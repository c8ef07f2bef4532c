"""The firm reports back once a year: scheduled, submitted, held (FIRM-15, SYS-31)."""

from datetime import date

import pytest

from ledger.actions.firm_debrief import Debrief, Passage, Period
from ledger.rules.law import Adoption, law_on
from tests.ledger.asked import hold_debrief
from tests.ledger.firm_words import (
    DECEMBER_12,
    DONGMING,
    THE_YEAR,
    WORDS,
    YEAR_END,
    claim,
    debrief_scheduled,
    debrief_submitted,
    held_in_november,
    schedule_debrief,
    service_contract_ended,
    submit_debrief,
)
from tests.ledger.happened import NEW_YEAR, contract_signed, debrief_held
from tests.ledger.story import (
    account_of,
    given,
    state_of,
    story,
    then,
    then_malformed,
    then_not_permitted,
    then_recorded,
    then_refused,
    when,
)

AFTER_YEAR_END = date(2027, 1, 1)


def irregularities() -> tuple[str, ...]:
    (line,) = then_recorded()
    return story().store.numbered("wutongli", line.number).envelope.irregularities


# -- scheduled -------------------------------------------------------------------------------------


def test_a_debrief_is_scheduled_for_a_contract_and_a_period():
    given(contract_signed("2026-1"))
    when(schedule_debrief("2026"))
    then(debrief_scheduled("2026"))


def test_a_debrief_of_an_unknown_contract_is_refused():
    when(schedule_debrief("2026"))
    then_refused("service-contract.unknown", contract="2026-1")


def test_a_debrief_is_scheduled_once():
    given(contract_signed("2026-1"), debrief_scheduled("2026"))
    when(schedule_debrief("2026"))
    then_refused("debrief.already-scheduled", debrief="2026")


def test_what_was_held_is_not_scheduled_after_the_fact():
    given(contract_signed("2026-1"), held_in_november("2026"))
    when(schedule_debrief("2026"))
    then_refused("debrief.already-held", debrief="2026")


def test_a_firm_answers_for_the_days_of_its_own_contract_to_the_day():
    given(contract_signed("2026-1", ends_on=YEAR_END))
    for period in (
        Period(starts_on=date(2025, 12, 31), ends_on=YEAR_END),
        Period(starts_on=NEW_YEAR, ends_on=AFTER_YEAR_END),
    ):
        when(schedule_debrief("2026", period=period))
        then_refused("debrief.outside-contract", contract="2026-1")
    when(schedule_debrief("2026"))
    then(debrief_scheduled("2026"))


def test_a_firm_that_left_in_mid_year_answers_until_its_last_day():
    given(contract_signed("2026-1"), service_contract_ended("2026-1", on=date(2026, 6, 30)))
    when(schedule_debrief("2026"))
    then_refused("debrief.outside-contract", contract="2026-1")
    half = Period(starts_on=NEW_YEAR, ends_on=date(2026, 6, 30))
    when(schedule_debrief("2026", period=half))
    then(debrief_scheduled("2026", period=half))


def test_no_day_of_a_contract_is_reported_on_in_two_debriefs():
    given(contract_signed("2026-1"), debrief_scheduled("2026"))
    late = Period(starts_on=YEAR_END, ends_on=date(2027, 12, 31))
    when(schedule_debrief("2027", period=late))
    then_refused("debrief.period-already-scheduled", contract="2026-1", debrief="2026")
    next_year = Period(starts_on=AFTER_YEAR_END, ends_on=date(2027, 12, 31))
    when(schedule_debrief("2027", period=next_year))
    then(debrief_scheduled("2027", period=next_year))


def test_a_scheduled_period_ends_no_earlier_than_it_begins():
    given(contract_signed("2026-1"))
    when(schedule_debrief("2026", period=Period(starts_on=YEAR_END, ends_on=NEW_YEAR)))
    then_refused("period.ends-before-it-starts", starts_on=YEAR_END, ends_on=NEW_YEAR)


@pytest.mark.parametrize(("day", "broken"), [(YEAR_END, ()), (AFTER_YEAR_END, ("FIRM-15",))])
def test_where_the_street_wants_it_a_debrief_planned_after_year_end_is_marked(day, broken):
    given(DONGMING, contract_signed("2026-1"))
    when(schedule_debrief("2026", planned_on=day))
    assert irregularities() == broken


def test_elsewhere_no_rule_names_a_last_day():
    assert not law_on(AFTER_YEAR_END, Adoption()).is_in_force("FIRM-15")
    given(contract_signed("2026-1"))
    when(schedule_debrief("2026", planned_on=AFTER_YEAR_END))
    assert irregularities() == ()


# -- submitted -------------------------------------------------------------------------------------


def test_the_firm_hands_in_its_words_and_figures():
    given(debrief_scheduled("2026"))
    claims = (claim("revenue-collected-fen", 236_212_47), claim("notices-posted", 14))
    when(submit_debrief("2026", claims=claims))
    then(debrief_submitted("2026", claims=claims))


def test_what_is_handed_in_again_is_a_further_version_and_the_first_stays():
    given(debrief_scheduled("2026"), debrief_submitted("2026"))
    when(submit_debrief("2026", words=(), claims=(claim("notices-posted", 15),)))
    then(debrief_submitted("2026", version=2, words=(), claims=(claim("notices-posted", 15),)))
    assert state_of(Debrief, "2026").versions == 2


def test_a_firm_may_also_add_to_a_debrief_that_was_never_scheduled():
    given(debrief_held("2025"))
    when(submit_debrief("2025"))
    then(debrief_submitted("2025"))


def test_nothing_is_handed_in_for_a_debrief_nobody_knows():
    when(submit_debrief("2026"))
    then_refused("debrief.unknown", debrief="2026")


def test_an_empty_report_is_refused():
    given(debrief_scheduled("2026"))
    when(submit_debrief("2026", words=()))
    then_refused("debrief.nothing-submitted", debrief="2026")


@pytest.mark.parametrize(
    "twice",
    [
        {"words": WORDS * 2},
        {"claims": (claim("notices-posted", 14), claim("notices-posted", 15))},
    ],
)
def test_a_version_says_one_thing_of_each_chapter_and_figure(twice):
    given(debrief_scheduled("2026"))
    when(submit_debrief("2026", **twice))
    then_refused("debrief.said-twice", debrief="2026")


def test_only_figures_the_ledger_can_compute_are_claimed():
    given(debrief_scheduled("2026"))
    when(submit_debrief("2026", claims=(claim("happiness", 100),)))
    then_malformed("/claims/0/figure", "field.malformed")


def test_the_firm_alone_hands_in_its_report():
    given(debrief_scheduled("2026"))
    when(submit_debrief("2026"), by=account_of("secretary"))
    then_not_permitted()


def test_a_chapter_has_words():
    given(debrief_scheduled("2026"))
    when(submit_debrief("2026", words=(Passage(chapter="repairs", text=" "),)))
    then_malformed("/words/0/text", "field.malformed")


# -- held ------------------------------------------------------------------------------------------


def test_a_debrief_is_held():
    when(hold_debrief("2025"))
    then(debrief_held("2025"))


def test_a_debrief_is_held_once():
    given(debrief_held("2025"))
    when(hold_debrief("2025"))
    then_refused("debrief.already-held", debrief="2025")


def test_the_period_of_a_debrief_ends_no_earlier_than_it_begins():
    when(hold_debrief("2025", starts_on=date(2025, 1, 2), ends_on=date(2025, 1, 1)))
    then_refused("period.ends-before-it-starts", starts_on=date(2025, 1, 2), ends_on=date(2025, 1, 1))
    when(hold_debrief("2025", starts_on=date(2025, 1, 2), ends_on=date(2025, 1, 2)))
    then_recorded()


def test_what_was_scheduled_is_held_on_the_same_period():
    given(debrief_scheduled("2026"))
    when(hold_debrief("2026"))
    then_refused("debrief.differs-from-schedule", debrief="2026", firm="heng-sheng")
    when(hold_debrief("2026", starts_on=THE_YEAR.starts_on, ends_on=THE_YEAR.ends_on))
    then_recorded()


@pytest.mark.parametrize(
    ("day", "broken"), [(YEAR_END, ()), (AFTER_YEAR_END, ("FIRM-15",)), (DECEMBER_12, ())]
)
def test_a_debrief_held_after_its_year_is_recorded_as_what_it_is(day, broken):
    given(DONGMING)
    asked = held_in_november("2026").event
    command = hold_debrief("2026", starts_on=NEW_YEAR, ends_on=YEAR_END)
    command = type(command)(debrief="2026", firm=asked.firm, period=asked.period, held_on=day)
    when(command, on=date(2027, 2, 1))
    assert irregularities() == broken
