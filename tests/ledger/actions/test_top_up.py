"""Below 30 % of the first deposit the owners top the fund up: as they decide, or by law (FUND-28 to FUND-30).

Door number 12: first deposit 10,000.00 over unit 101 of 80.00 m² (4,000.00) and 102 of 120.00 m² (6,000.00).
"""

from datetime import date
from typing import Any

import pytest

from ledger.actions.top_up import DeliverTopUpNotices, TopUp, TopUpNoticesDelivered, TopUpStarted
from ledger.fields import Personal, Scope
from ledger.money.apportionment import digest_of
from tests.ledger.fund_words import (
    BUILDING_3,
    DOOR_12,
    DOOR_13,
    EX4,
    WHOLE,
    books_opened,
    door_12_of_ex4,
    door_12_of_two,
    fund_apportioned,
    opening,
    paid_in,
    short_door,
    start_top_up,
    units_of,
    works_apportioned,
)
from tests.ledger.happened import (
    NEW_YEAR,
    building_registered,
    committee_decided,
    entry_reversed,
    fund_opened,
    vote_closed,
    vote_opened,
)
from tests.ledger.story import Fact, given, state_of, story, then, then_recorded, then_refused, when

APRIL_1, APRIL_2 = date(2026, 4, 1), date(2026, 4, 2)  # 90 and 91 days after New Year
HALF = "50/100"


def started(*, asked: dict[str, int], on: date = APRIL_2, scope: Scope = DOOR_12, **of: Any) -> Fact:
    total = sum(asked.values())
    fields: dict[str, Any] = {
        "to_share": HALF, "pay_days": 90, "triggered_on": NEW_YEAR,
        "books": (), **of,
    }  # fmt: skip
    asked_digest = Personal.of("top-up/2026", digest_of(asked))
    event = TopUpStarted(
        top_up="2026", scope=scope, total_fen=total, units=len(asked), asked_digest=asked_digest, **fields
    )
    return Fact(event, on=on)


# -- the trigger: strictly below 30 % (FUND-28) ---------------------------------------------------------


@pytest.mark.parametrize(("fen", "below"), [(2_999_99, True), (3_000_00, False), (3_000_01, False)])
def test_exactly_thirty_percent_is_not_below_thirty_percent(fen, below):
    given(*short_door(fen))
    when(start_top_up(), on=APRIL_2)
    if below:
        # 2,999.99 over 80.00 and 120.00 m²: 1,200.00 and 1,799.99; up to 2,000.00 and 3,000.00
        then(started(asked={"101": 800_00, "102": 1_200_01}))
    else:
        then_refused("top-up.not-below-the-limit", rules=["FUND-28"], scope="door-12")


def test_29_99_percent_of_an_odd_first_deposit_is_below():
    # 30 % of 10,000.01 are 3,000.003: 3,000.00 is below, 3,000.01 is not
    given(*short_door(3_000_00, first=10_000_01))
    when(start_top_up(), on=APRIL_2)
    then_recorded()


def test_an_account_without_a_first_deposit_is_never_below():
    given(*door_12_of_two(), fund_opened("maintenance", fen=0))
    when(start_top_up(scope=None), on=APRIL_2)
    then_refused("top-up.not-below-the-limit", rules=["FUND-28"], scope="whole")


def test_the_fund_can_be_rich_while_one_door_is_below():
    given(
        building_registered("3", doors=("12", "13")),
        units_of("12", {"101": "80.00"}),
        units_of("13", {"103": "80.00"}),
        books_opened(
            opening(DOOR_12, 2_000_00, first=8_000_00),
            opening(Scope(kind="door", id="13"), 8_000_00, first=8_000_00),
        ),
        fund_apportioned("opening", 2_000_00, first_deposit_fen=8_000_00, on=NEW_YEAR),
    )
    when(start_top_up(scope=None), on=APRIL_2)
    then_refused("top-up.not-below-the-limit", rules=["FUND-28"], scope="whole")
    when(start_top_up(scope=DOOR_12), on=APRIL_2)
    then(started(asked={"101": 2_000_00}))


# -- ninety days in which the owners may decide (FUND-29) -----------------------------------------------


def test_on_the_ninetieth_day_the_owners_may_still_decide():
    given(*short_door(2_999_99))
    when(start_top_up(), on=APRIL_1)
    then_refused("top-up.owners-may-still-decide", rules=["FUND-29"], triggered_on=NEW_YEAR, until=APRIL_1)


def test_on_the_ninety_first_day_the_bank_is_asked_to_send_notices():
    given(*short_door(2_999_99))
    when(start_top_up(), on=APRIL_2)
    then(started(asked={"101": 800_00, "102": 1_200_01}))


def test_the_days_count_from_when_the_balance_last_fell_below():
    given(
        *short_door(2_999_99),
        paid_in(1, scope=DOOR_12, on=date(2026, 2, 1)),  # 30 % again, to the fen
    )
    paid = paid_in(4_00, scope=DOOR_12, on=date(2026, 2, 10))
    given(paid)
    number = story().store.length("wutongli") - 1
    given(entry_reversed(number, paid, reason="记错")._replace(on=date(2026, 3, 1)))
    when(start_top_up(), on=date(2026, 11, 20))
    then_refused("top-up.not-below-the-limit", rules=["FUND-28"], scope="door-12")
    given(entry_reversed(number - 1, paid_in(1, scope=DOOR_12), reason="记错")._replace(on=date(2026, 8, 22)))
    when(start_top_up(), on=date(2026, 11, 20))  # the 90th day after 22 August
    then_refused(
        "top-up.owners-may-still-decide", rules=["FUND-29"], triggered_on=date(2026, 8, 22),
        until=date(2026, 11, 20),
    )  # fmt: skip


def test_what_happened_after_the_legal_date_does_not_count():
    given(*short_door(2_999_99), paid_in(5_000_00, scope=DOOR_12, on=date(2026, 4, 3)))
    when(start_top_up(), on=APRIL_2)
    then(started(asked={"101": 800_00, "102": 1_200_01}))


# -- how much: up to half of the first deposit, unit by unit --------------------------------------------


def test_half_a_fen_is_asked_as_a_whole_one():
    # half of 100.01 is 50.005: only 50.01 reaches it, and one fen is there
    areas = {"101": "80.00"}
    given(building_registered("3", doors=("12",)), units_of("12", areas))
    given(books_opened(opening(DOOR_12, 1, first=100_01)))
    given(fund_apportioned("opening", 1, first_deposit_fen=100_01, on=NEW_YEAR))
    when(start_top_up(), on=APRIL_2)
    then(started(asked={"101": 50_00}))


def test_who_has_paid_enough_already_is_not_asked():
    given(*short_door(1_000_00))
    given(paid_in(1_600_00, unit="101", scope=DOOR_12, nature="top-up", on=date(2026, 2, 1)))
    # 101 holds 400.00 + 1,600.00 = half of 4,000.00; 102 holds 600.00 of 3,000.00
    when(start_top_up(), on=APRIL_2)
    then(started(asked={"102": 2_400_00}))


def test_what_a_repair_cost_is_off_every_account_before_anybody_is_asked():
    given(*short_door(2_999_99), works_apportioned(1_000_00, on=date(2026, 2, 1)))
    when(start_top_up(), on=APRIL_2)
    # 400.00 and 600.00 less than the 1,200.00 and 1,799.99 of before
    then(started(asked={"101": 1_200_00, "102": 1_800_01}))


def test_a_first_deposit_paid_for_one_unit_raises_what_half_of_it_is():
    given(*short_door(1_000_00))
    given(paid_in(100_00, unit="101", scope=DOOR_12, nature="first-deposit", on=date(2026, 2, 1)))
    when(start_top_up(), on=APRIL_2)
    # 101: half of 4,100.00 less 500.00
    then(started(asked={"101": 1_550_00, "102": 2_400_00}))


def test_where_no_balance_was_ever_divided_nobody_can_be_asked():
    given(*door_12_of_two(), books_opened(opening(DOOR_12, 2_00, first=10_00)))
    when(start_top_up(), on=APRIL_2)
    then_refused("top-up.nothing-to-ask", scope="door-12", to_share=HALF)


# -- what one unit owes is nobody's business --------------------------------------------------------------


def test_of_five_units_and_more_a_book_says_how_much_they_owe():
    given(door_12_of_ex4(), books_opened(opening(DOOR_12, 700_00, first=10_000_00)))
    given(fund_apportioned("opening", 700_00, first_deposit_fen=10_000_00, on=NEW_YEAR))
    when(start_top_up(), on=APRIL_2)
    then_recorded()
    (book,) = asked_now().books
    assert (book.book, book.fen, book.units) == ("door-12", asked_now().total_fen, 7)


def test_nobody_finds_the_only_unit_that_owes_by_trying_all_units():
    given(door_12_of_ex4(), books_opened(opening(DOOR_12, 700_00, first=10_000_00)))
    given(fund_apportioned("opening", 700_00, first_deposit_fen=10_000_00))
    given(*(paid_in(2_500_00, unit=unit, scope=DOOR_12, nature="top-up") for unit in EX4 if unit != "301"))
    given(raising_agreed())
    when(start_top_up(decision="top-up"))
    then_recorded()
    event = asked_now()
    assert (event.units, event.books) == (1, ())
    tried = {digest_of({unit: event.total_fen}) for unit in EX4}
    assert event.asked_digest.digest not in tried
    assert story().vault.values([event.asked_digest.digest])[event.asked_digest.digest] in tried


def asked_now() -> TopUpStarted:
    """What the last record asks of the owners."""
    recorded = story().store.numbered("wutongli", story().store.length("wutongli") - 1)
    assert isinstance(recorded.data, TopUpStarted)
    return recorded.data


# -- as the owners decided ------------------------------------------------------------------------------


def raising_agreed(*, scope: Scope | None = None) -> tuple[Fact, ...]:
    """The owners voted to raise the fund (matter 6)."""
    return vote_opened("top-up", matter=6, scope=scope), vote_closed("top-up", threshold="special")


def test_the_owners_decide_how_much_and_by_when():
    given(*short_door(2_999_99), raising_agreed())
    when(start_top_up(decision="top-up", to_share="1/1", pay_days=30), on=APRIL_1)
    asked = {"101": 2_800_00, "102": 4_200_01}  # up to the full first deposit, as FUND-30 would have it
    then(started(asked=asked, to_share="1/1", pay_days=30, decision="top-up", triggered_on=None, on=APRIL_1))


def test_a_decision_that_says_no_more_means_half_within_ninety_days():
    given(*short_door(2_999_99), raising_agreed())
    when(start_top_up(decision="top-up"), on=APRIL_1)
    then(started(asked={"101": 800_00, "102": 1_200_01}, decision="top-up", triggered_on=None, on=APRIL_1))


@pytest.mark.parametrize(
    "decided",
    [
        [committee_decided("top-up")],
        [vote_opened("top-up")],
        [vote_opened("top-up"), vote_closed("top-up", approved=False)],
        [],
    ],
)
def test_only_the_owners_decide_what_the_owners_pay(decided):
    given(*short_door(2_999_99), *decided)
    when(start_top_up(decision="top-up"), on=APRIL_2)
    then_refused("top-up.not-decided-by-the-owners", rules=["FUND-29"], decision="top-up")


@pytest.mark.parametrize("of", [{"matter": 5}, {"matter": 6, "scope": DOOR_13}])
def test_what_the_owners_pay_was_voted_on_as_that_and_by_them(of):
    given(*short_door(2_999_99), vote_opened("top-up", **of), vote_closed("top-up"))
    when(start_top_up(decision="top-up"), on=APRIL_1)
    then_refused("top-up.not-what-was-decided", rules=["VOTE-04", "VOTE-01"], scope="door-12")


def test_the_owners_of_a_part_may_raise_what_they_pay_themselves():
    given(*short_door(2_999_99), raising_agreed(scope=DOOR_12))
    when(start_top_up(decision="top-up"), on=APRIL_1)
    then_recorded()


@pytest.mark.parametrize("terms", [{"to_share": "1/1"}, {"pay_days": 30}])
def test_without_a_decision_the_terms_are_those_of_the_law(terms):
    given(*short_door(2_999_99))
    when(start_top_up(**terms), on=APRIL_2)
    then_refused("top-up.terms-need-a-decision", rules=["FUND-29"])


def test_nobody_is_asked_for_more_than_the_whole_first_deposit():
    given(*short_door(2_999_99), raising_agreed())
    when(start_top_up(decision="top-up", to_share="3/2"), on=APRIL_2)
    then_refused("top-up.share-above-the-whole", to_share="3/2")


def test_a_top_up_is_started_once():
    given(*short_door(2_999_99), started(asked={"101": 800_00}))
    when(start_top_up(), on=APRIL_2)
    then_refused("top-up.already-started", top_up="2026")


def test_a_part_that_is_not_registered_is_not_asked():
    given(fund_opened("maintenance", fen=0))
    when(start_top_up(scope=BUILDING_3))
    then_refused("building.unknown", building="3")


def test_a_fund_without_an_account_is_not_topped_up():
    when(start_top_up(scope=WHOLE))
    then_refused("fund.not-open", fund="maintenance")


# -- notices and the days to pay (FUND-29, SEM-04, SEM-06) ----------------------------------------------


def notices(count: int, on: date) -> DeliverTopUpNotices:
    return DeliverTopUpNotices(top_up="2026", delivered_on=on, notices=count)


def delivered(count: int, on: date, pay_by: date, rolled: date | None) -> Fact:
    event = TopUpNoticesDelivered(
        top_up="2026", delivered_on=on, notices=count, pay_by=pay_by, pay_by_rolled=rolled
    )
    return Fact(event, on=on)


def test_a_last_day_in_a_year_whose_holidays_nobody_entered_is_not_rolled():
    given(started(asked={"101": 800_00, "102": 1_200_01}))
    when(notices(1, date(2026, 11, 20)))
    then(delivered(1, date(2026, 11, 20), date(2027, 2, 18), None))


def test_who_receives_a_notice_has_ninety_days():
    given(started(asked={"101": 800_00, "102": 1_200_01}))
    when(notices(2, date(2026, 4, 3)))
    then(delivered(2, date(2026, 4, 3), date(2026, 7, 2), date(2026, 7, 2)))
    assert state_of(TopUp, "2026").notices == 2


def test_days_to_pay_that_end_in_a_holiday_keep_both_dates():
    given(started(asked={"101": 800_00}))
    when(notices(1, date(2026, 7, 5)))
    then(delivered(1, date(2026, 7, 5), date(2026, 10, 3), date(2026, 10, 8)))


def test_nobody_receives_a_notice_of_a_top_up_that_was_not_started():
    when(notices(1, date(2026, 4, 3)))
    then_refused("top-up.unknown", top_up="2026")


def test_nobody_receives_a_notice_before_it_was_started():
    given(started(asked={"101": 800_00}))
    when(notices(1, APRIL_1))
    then_refused("top-up.delivered-before-it-started", started_on=APRIL_2)


def test_no_more_notices_arrive_than_there_are_units_asked():
    given(started(asked={"101": 800_00, "102": 1_200_01}), delivered(1, APRIL_2, APRIL_2, APRIL_2))
    when(notices(2, date(2026, 4, 3)))
    then_refused("top-up.more-notices-than-units", units=2, delivered=1)
