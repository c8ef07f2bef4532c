"""States are kept between commands and caught up; they are always what a plain fold of all events gives."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

import ledger.state
from ledger.actions.community import Community, Register
from ledger.actions.decision import Decision
from ledger.actions.entry import Entry, ReverseEntry
from ledger.actions.fund import FundBook, RecordFundDeposit
from ledger.actions.fund_payment import Payment
from ledger.actions.role import Roles
from ledger.actions.working_fund import WorkingFund
from ledger.asked import Asked
from ledger.errors import Refused, UnknownKind
from ledger.events import Recorded, decode
from ledger.state import EventAt, Slice, Slices, State
from ledger.store.port import Store
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault import SQLiteVault
from tests.ledger.asked import approve_payment, request_payment
from tests.ledger.happened import (
    building_registered,
    committee_decided,
    deposit_recorded,
    fund_opened,
    interest_recorded,
    payment_recorded,
    payment_reserved,
    role_granted,
    vote_passed,
)
from tests.ledger.store.drafting import draft
from tests.ledger.story import TODAY, WUTONGLI, Story, account_of

WISHES = [
    Community.of(),
    Roles.of(),
    Register.of(),
    FundBook.of("maintenance"),
    FundBook.of("working"),
    WorkingFund.of("working"),  # another state of one tag
    Decision.of("lift-3"),
    Decision.of("printer"),
    Payment.of("lift-3-first"),
    Payment.of("lift-3-second"),
    Entry.of(11),
]
BEGINNING = [
    fund_opened("maintenance", fen=9_000_00),
    fund_opened("working", fen=700_00),
    vote_passed("lift-3", authorises=8_000_00),
]
FACTS = [
    (deposit_recorded("maintenance", fen=1_00), interest_recorded("working", fen=7)),
    (committee_decided("printer", authorises=500_00),),
    payment_recorded("lift-3", fen=100_00),
    payment_reserved("lift-3", fen=50_00, payment="lift-3-second"),
    (role_granted("wu", "member"),),
    (building_registered("3", doors=("12",)),),
]


def folded(store: Store, wish: Slice) -> State:
    """The state by the plainest way there is: every event from the first, those that carry the tag."""
    state = wish.state(wish.tag.partition(":")[2])
    for row in store.rows(0):
        envelope = decode(row.kind, row.entry)
        if row.ledger == (wish.ledger or WUTONGLI) and wish.tag in envelope.tags:
            state.evolve(Recorded(row.position, row.number, envelope))
    return state


def held(state: State) -> dict:
    """What a state remembers, but for what it only keeps to be quick."""
    return {name: value for name, value in vars(state).items() if name != "_of_account"}


def shown(state: State) -> str:
    return repr({name: _plain(value) for name, value in held(state).items()})


def _plain(value):
    if isinstance(value, dict):
        return sorted((repr(key), _plain(item)) for key, item in value.items())
    return sorted(value) if isinstance(value, set) else value


@contextmanager
def a_store(opened_folder: Path) -> Iterator[Story]:
    """A story of its own for one example of a property."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "store"
        shutil.copytree(opened_folder, place)
        store, vault = SQLiteStore(place), SQLiteVault(place)
        try:
            yield Story(store, vault)
        finally:
            store.close()
            vault.close()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("happens"), st.sampled_from(FACTS)),
        st.tuples(st.just("is known"), st.lists(st.sampled_from(WISHES), min_size=1, max_size=6)),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=30)
@for_all(steps=STEPS, kept=st.integers(1, 12), recent=st.integers(2, 40))
def test_a_kept_state_is_always_what_a_plain_fold_gives(steps, kept, recent, opened_folder):
    with pytest.MonkeyPatch.context() as limits, a_store(opened_folder) as story:
        limits.setattr(ledger.state, "TAGS_MAX", kept)
        limits.setattr(ledger.state, "LOOK_ROWS_MAX", recent)
        slices = Slices(story.store)
        story.happen(BEGINNING)
        for what, about in steps:
            if what == "happens":
                story.happen(about)
                continue
            known = slices.known(WUTONGLI, about)
            assert known.position == story.store.head()
            for wish, state in zip(about, known.states, strict=True):
                assert shown(state) == shown(folded(story.store, wish)), wish


PAYMENTS = [
    request_payment("lift-3", fen=1, payment=f"lift-3-{name}") for name in ("first", "second", "third")
]


@pytest.mark.parametrize("last", [request_payment("lift-3", fen=1), approve_payment("never-asked-for")])
def test_after_a_batch_every_state_is_what_is_in_the_store(last, a_story):
    a_story.happen(BEGINNING)
    a_story.ledger.record(Asked(WUTONGLI, PAYMENTS[0], account_of("treasurer"), TODAY))  # states are warm
    head = a_story.store.head()
    batch = [Asked(WUTONGLI, command, account_of("treasurer"), TODAY) for command in PAYMENTS[1:]]
    batch.append(
        Asked(WUTONGLI, last, account_of("chair" if last.name.startswith("approve") else "treasurer"), TODAY)
    )
    try:
        a_story.ledger.record_all(batch)
    except Refused:
        assert a_story.store.head() == head
    else:
        assert a_story.store.head() == head + 3
    for wish in WISHES:
        (state,) = a_story.ledger._slices.known(WUTONGLI, [wish]).states
        assert shown(state) == shown(folded(a_story.store, wish)), wish


def test_no_more_states_are_kept_than_fit(store, vault, a_story, monkeypatch):
    monkeypatch.setattr(ledger.state, "TAGS_MAX", 3)
    slices = Slices(store)
    for number in range(10):
        slices.known(WUTONGLI, [Payment.of(f"payment-{number}")])
    assert len(slices._folded) == 3
    assert [tag for _, tag in slices._folded] == [
        "payment:payment-7",
        "payment:payment-8",
        "payment:payment-9",
    ]


def test_a_state_in_use_is_kept_before_one_that_is_not(store, a_story, monkeypatch):
    monkeypatch.setattr(ledger.state, "TAGS_MAX", 2)
    slices = Slices(store)
    for wish in (Community.of(), Roles.of(), Community.of(), Register.of()):
        slices.known(WUTONGLI, [wish])
    assert [tag for _, tag in slices._folded] == [Community.subject, Register.subject]


def test_what_another_process_recorded_is_known_at_the_next_look(store_folder, a_story):
    elsewhere = SQLiteStore(store_folder)
    slices = Slices(elsewhere)
    assert slices.known(WUTONGLI, [FundBook.of("working")]).states[0].balance_fen == 0
    a_story.happen([fund_opened("working", fen=700_00)])
    assert slices.known(WUTONGLI, [FundBook.of("working")]).states[0].balance_fen == 700_00
    elsewhere.close()


def test_two_states_of_one_tag_are_kept_beside_each_other(store, a_story):
    a_story.happen(BEGINNING)
    slices = Slices(store)
    for one in (FundBook, WorkingFund):
        slices.known(WUTONGLI, [one.of("working")])
    assert slices.has(WUTONGLI, FundBook.of("working"))
    a_story.happen([interest_recorded("working", fen=7)])
    book, _ = slices.known(WUTONGLI, [FundBook.of("working"), WorkingFund.of("working")]).states
    assert book.balance_fen == 700_07


def test_what_cannot_be_read_is_said_to_whoever_wants_it_and_to_nobody_else(store, a_story):
    a_story.happen(BEGINNING)
    slices = Slices(store)
    wanted = [FundBook.of("working"), FundBook.of("maintenance")]
    slices.known(WUTONGLI, wanted)
    store.append_drafts([draft("of a later version", "fund:working")], None, None)
    assert slices.known(WUTONGLI, wanted[1:]).position == store.head()
    for _ in range(2):
        with pytest.raises(UnknownKind):
            slices.known(WUTONGLI, wanted[:1])


def test_the_same_tag_of_two_ledgers_is_two_states(store, a_story):
    a_story.happen([fund_opened("working", fen=700_00)])
    slices = Slices(store)
    here, there = slices.known(
        WUTONGLI, [FundBook.of("working"), FundBook.of("working", ledger="jinguiyuan")]
    ).states
    assert (here.balance_fen, there.balance_fen) == (700_00, 0)


def test_what_was_looked_at_guards_the_append_and_what_cannot_change_does_not(store, a_story):
    wanted = [FundBook.of("working"), Community.of(ledger="jinguiyuan"), EventAt.of(0)]
    known = Slices(store).known(WUTONGLI, wanted)
    assert known.tags == ((WUTONGLI, "fund:working"), ("jinguiyuan", "community"))
    assert known.position == store.head()


# -- the event with one number ---------------------------------------------------------------------


def event_at(store, number):
    (state,) = Slices(store).known(WUTONGLI, [EventAt.of(number)]).states
    return state.recorded


def test_an_event_is_found_by_its_number(store, a_story):
    assert event_at(store, 0).data.kind == "ledger.opened"
    assert event_at(store, store.length(WUTONGLI) - 1).number == store.length(WUTONGLI) - 1


@pytest.mark.parametrize("beyond", [0, 1, 1_000_000, 2**53 - 1])
def test_a_number_nobody_has_got_yet_is_no_event(store, a_story, beyond):
    assert event_at(store, store.length(WUTONGLI) + beyond) is None


def test_an_event_of_the_same_batch_is_found_by_the_number_it_will_get(a_story):
    a_story.happen([fund_opened("working", fen=0)])
    command = RecordFundDeposit(fund="working", amount_fen=1_00, received_on=TODAY)
    deposit = Asked(WUTONGLI, command, account_of("treasurer"), TODAY)
    number = a_story.store.length(WUTONGLI)
    undo = Asked(
        WUTONGLI, ReverseEntry(number=number, reason="金额录入错误。"), account_of("treasurer"), TODAY
    )
    receipt = a_story.ledger.record_all([deposit, undo])
    assert [line.kind for line in receipt.events] == ["fund-deposit.recorded", "entry.reversed"]
