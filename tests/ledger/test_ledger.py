"""The one way in: once per key, nothing on a dry run, days that can be, all of a batch or none of it."""

import threading
from datetime import date

import msgspec
import pytest

from ledger.actions.community import OpenLedger, RegisterBuilding
from ledger.actions.fund import FundBook, RecordFundDeposit
from ledger.actions.role import GrantRole
from ledger.asked import Asked
from ledger.errors import KeyReused, LedgerError, Malformed, NotPermitted, Refused, UnknownLedger
from ledger.ledger import GovernanceLedger
from ledger.store.port import Receipt
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault import SQLiteVault
from tests.ledger.asked import (
    approve_payment,
    assign_task,
    hold_debrief,
    record_payment,
    register_units,
    request_payment,
)
from tests.ledger.happened import (
    SPRING,
    building_registered,
    committee_decided,
    deposit_recorded,
    fund_opened,
    payment_requested,
    role_granted,
    vote_passed,
)
from tests.ledger.story import (
    TODAY,
    WUTONGLI,
    Story,
    given,
    state_of,
    telling,
    then,
    then_failed,
    then_malformed,
    then_not_permitted,
    then_recorded,
    then_refused,
    when,
)

TOMORROW = date(2026, 11, 21)
BUILDING = RegisterBuilding(building="3", title="3号楼")


@pytest.fixture(autouse=True)
def _telling(a_story: Story) -> None:
    """Every spec here tells a story."""


def asked(command, by, *, ledger=WUTONGLI):
    return Asked(ledger, command, by, TODAY)


# -- exactly once per key --------------------------------------------------------------------------


def test_the_same_key_and_body_answer_the_first_receipt_again(a_story):
    when(BUILDING, key="monday")
    first = then(building_registered("3"))
    assert first.replayed is False
    again = a_story.ledger.record(asked(BUILDING, "the-secretary"), "monday")
    assert again == Receipt(first.events, first.position, replayed=True)
    assert a_story.store.head() == first.position


def test_a_receipt_is_answered_after_a_restart(a_story, store_folder):
    when(BUILDING, key="monday")
    first = then(building_registered("3"))
    restarted, vault = SQLiteStore(store_folder), SQLiteVault(store_folder)
    again = GovernanceLedger(restarted, vault).record(asked(BUILDING, "the-secretary"), "monday")
    assert (again.replayed, again.events) == (True, first.events)
    restarted.close()
    vault.close()


def test_the_same_key_with_another_body_is_refused():
    when(BUILDING, key="monday")
    then_recorded()
    when(RegisterBuilding(building="4", title="4号楼"), key="monday")
    then_failed(KeyReused)


def test_the_same_key_with_another_action_is_refused():
    given(fund_opened("working", fen=0))
    when(BUILDING, key="monday")
    then_recorded()
    when(RecordFundDeposit(fund="working", amount_fen=1, received_on=SPRING), key="monday")
    then_failed(KeyReused)


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_key_of_one_person_never_answers_another_and_says_why(dry_run):
    given(role_granted("ms-lin", "secretary"))
    when(BUILDING, key="monday", by="the-secretary")
    then_recorded()
    when(BUILDING, key="monday", by="ms-lin", dry_run=dry_run)
    assert then_failed(KeyReused).code == "idempotency-key.of-another"


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("body", [BUILDING, RegisterBuilding(building="4", title="4号楼")])
def test_who_lost_the_role_meanwhile_hears_nothing_of_what_a_key_recorded(body, dry_run):
    given(role_granted("ms-lin", "secretary", ends_on=TODAY))
    when(BUILDING, key="monday", by="ms-lin")
    then_recorded()
    when(body, key="monday", by="ms-lin", on=TOMORROW, dry_run=dry_run)
    then_not_permitted()


def test_many_commands_under_a_key_of_somebody_else_are_refused(a_story):
    given(role_granted("ms-lin", "secretary"))
    ours, theirs = ([asked(BUILDING, account)] for account in ("the-secretary", "ms-lin"))
    first = a_story.ledger.record_all(ours, "import-1")
    with pytest.raises(KeyReused) as refused:
        a_story.ledger.record_all(theirs, "import-1")
    assert refused.value.code == "idempotency-key.of-another"
    assert a_story.ledger.record_all(ours, "import-1").events == first.events


def test_many_commands_by_other_people_are_another_body(a_story):
    given(role_granted("ms-lin", "secretary"))
    fourth = RegisterBuilding(building="4", title="4号楼")
    a_story.ledger.record_all([asked(BUILDING, "the-secretary"), asked(fourth, "ms-lin")], "import-1")
    with pytest.raises(KeyReused) as refused:
        a_story.ledger.record_all(
            [asked(BUILDING, "the-secretary"), asked(fourth, "the-secretary")], "import-1"
        )
    assert refused.value.code == "idempotency-key.reused"


def test_a_key_belongs_to_its_ledger():
    when(BUILDING, key="monday")
    then_recorded()
    when(
        OpenLedger(of="community", title="金桂苑"),
        ledger="jinguiyuan",
        by="the-operator",
        via="command-line",
        key="monday",
    )
    assert then_recorded()[0].ledger == "jinguiyuan"


def test_without_a_key_the_same_thing_happens_twice():
    given(fund_opened("working", fen=0))
    for _ in range(2):
        when(RecordFundDeposit(fund="working", amount_fen=1_00, received_on=SPRING))
        then(deposit_recorded("working", fen=1_00))
    assert state_of(FundBook, "working").balance_fen == 2_00


def test_a_refusal_does_not_use_the_key_up():
    when(register_units("3-101"), key="monday")
    then_refused("building.unknown", building="3")
    given(building_registered("3"))
    when(register_units("3-101"), key="monday")
    then_recorded()


def test_the_day_it_is_asked_again_changes_nothing(a_story):
    when(BUILDING, key="monday")
    first = then(building_registered("3"))
    again = a_story.ledger.record(Asked(WUTONGLI, BUILDING, "the-secretary", TOMORROW), "monday")
    assert (again.replayed, again.events) == (True, first.events)


# -- a dry run -------------------------------------------------------------------------------------


def test_a_dry_run_decides_and_writes_nothing(a_story):
    head = a_story.store.head()
    when(BUILDING, key="monday", dry_run=True)
    assert then() == Receipt((), head)
    when(BUILDING, key="monday")
    then(building_registered("3"))


def test_a_dry_run_is_refused_as_the_real_one_would_be():
    given(building_registered("3"))
    when(BUILDING, dry_run=True)
    then_refused("building.already-registered", building="3")


def test_a_dry_run_leaves_no_trace_of_anybody(a_story):
    given(building_registered("3"))
    when(register_units("3-101", owner_ref="owner 0417"), dry_run=True)
    then()
    assert a_story.vault.key("wutongli/owner/owner 0417") is None
    when(register_units("3-101", owner_ref="owner 0417"))
    then_recorded()
    assert a_story.vault.key("wutongli/owner/owner 0417") is not None


def test_a_dry_run_of_a_batch_decides_row_by_row_and_writes_nothing(a_story):
    head = a_story.store.head()
    batch = [asked(BUILDING, "the-secretary"), asked(register_units("3-101"), "the-secretary")]
    assert a_story.ledger.record_all(batch, "import-1", dry_run=True) == Receipt((), head)
    assert a_story.store.head() == head
    assert len(a_story.ledger.record_all(batch, "import-1").events) == 2


def test_in_a_dry_run_of_a_batch_a_stranger_may_act_in_a_role_just_granted(a_story):
    grant = GrantRole(account="a-stranger", role="secretary", starts_on=SPRING)
    batch = [asked(grant, "the-chair"), asked(BUILDING, "a-stranger")]
    a_story.ledger.record_all(batch, dry_run=True)
    assert a_story.vault.key("a-stranger") is None
    when(BUILDING, by="a-stranger", dry_run=True)
    then_not_permitted()
    assert len(a_story.ledger.record_all(batch).events) == 2


# -- the legal date --------------------------------------------------------------------------------


def occurred_on(a_story):
    return a_story.store.numbered(WUTONGLI, a_story.store.length(WUTONGLI) - 1).occurred_on


def test_what_says_no_day_happened_the_day_it_came_in(a_story):
    when(BUILDING)
    then_recorded()
    assert occurred_on(a_story) == TODAY


def test_what_says_its_day_happened_then(a_story):
    when(RegisterBuilding(building="3", title="3号楼", occurred_on=SPRING))
    then_recorded()
    assert occurred_on(a_story) == SPRING


def test_a_day_of_the_action_itself_is_its_legal_date(a_story):
    given(fund_opened("working", fen=0))
    when(RecordFundDeposit(fund="working", amount_fen=1, received_on=SPRING))
    then_recorded()
    assert occurred_on(a_story) == SPRING


def test_nothing_happens_in_the_future():
    given(fund_opened("working", fen=0))
    when(RegisterBuilding(building="3", title="3号楼", occurred_on=TOMORROW))
    then_malformed("/occurred_on", "date.in-the-future")
    when(RecordFundDeposit(fund="working", amount_fen=1, received_on=TOMORROW))
    then_malformed("/received_on", "date.in-the-future")
    when(RecordFundDeposit(fund="working", amount_fen=1, received_on=TODAY))
    then_recorded()


def test_an_event_nobody_could_read_again_is_never_stored(a_story):
    too_many = committee_decided("printer")._replace(
        event=msgspec.structs.replace(committee_decided("printer").event, seats=10**9)
    )
    head = a_story.store.head()
    with pytest.raises(LedgerError, match=r"event\.unreadable.*committee-decision"):
        given(too_many)
    assert a_story.store.head() == head
    given(committee_decided("printer"))
    assert a_story.store.head() == head + 1


def test_a_day_that_contradicts_the_actions_own_is_refused():
    given(fund_opened("working", fen=0))
    deposit = RecordFundDeposit(fund="working", amount_fen=1, received_on=SPRING)
    when(msgspec.structs.replace(deposit, occurred_on=TODAY))
    then_malformed("/occurred_on", "date.contradicts")
    when(msgspec.structs.replace(deposit, occurred_on=SPRING))
    then_recorded()


@pytest.mark.parametrize("day", [date(1949, 9, 30), date(2200, 1, 1), date.min, date.max])
def test_a_day_lies_in_the_republic_and_this_century_or_the_next(day):
    when(RegisterBuilding(building="3", title="3号楼", occurred_on=day))
    then_malformed("/occurred_on", "date.out-of-range")


def test_days_deep_in_a_command_are_looked_at_too():
    when(hold_debrief("2025", ends_on=date(2200, 1, 1)))
    then_malformed("/period/to", "date.out-of-range")
    when(assign_task("shed", due_on=SPRING, further_due_on=(TODAY, date(2200, 1, 1))))
    then_malformed("/further_due_on/1", "date.out-of-range")


def test_the_first_and_the_last_day_are_days():
    when(RegisterBuilding(building="3", title="3号楼", occurred_on=date(1949, 10, 1)))
    then_recorded()
    when(hold_debrief("2025", ends_on=date(2199, 12, 31)))
    then_recorded()


# -- the form of what is asked ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "pointer", "code"),
    [
        (RegisterBuilding(building="Three", title="3号楼"), "/building", "field.malformed"),
        (RegisterBuilding(building="3\n", title="3号楼"), "/building", "text.unsafe-character"),
        (RegisterBuilding(building="3", title=""), "/name", "field.malformed"),
        (RegisterBuilding(building="3", title="  "), "/name", "field.malformed"),
        (RegisterBuilding(building="3", title="A\u030a"), "/name", "text.not-nfc"),
        (RegisterBuilding(building="3", title="3\u202e号楼"), "/name", "text.unsafe-character"),
        (RegisterBuilding(building="3", title="楼" * 121), "/name", "field.malformed"),
        (
            RegisterBuilding(building="3", title="3号楼", doors=("12", "thirteen!")),
            "/doors/1",
            "field.malformed",
        ),
        (register_units("3-101", "3-102", floor_area="91.2"), "/units/0/floor_area", "field.malformed"),
        (register_units("3-101", floor_area="９１.20"), "/units/0/floor_area", "field.malformed"),
        (register_units("3-101", floor_area="091.20"), "/units/0/floor_area", "field.malformed"),
        (request_payment("lift-3", fen=0), "/amount_fen", "field.malformed"),
        (request_payment("lift-3", fen=-1), "/amount_fen", "field.malformed"),
        (request_payment("lift-3", fen=1.0), "/amount_fen", "json.not-in-profile"),
        (request_payment("lift-3", fen=True), "/amount_fen", "field.malformed"),
        (request_payment("lift-3", fen="1"), "/amount_fen", "field.malformed"),
        (request_payment("lift-3", fen=2**53), "/amount_fen", "integer.out-of-range"),
    ],
)
def test_a_field_that_breaks_its_form_is_pointed_at(command, pointer, code):
    when(command)
    then_malformed(pointer, code)


def test_a_ledger_nobody_opened_is_unknown():
    for ledger in ("jinguiyuan", "Wutongli", "wutongli/x", "", "wutongli\n"):
        when(BUILDING, ledger=ledger)
        then_failed(UnknownLedger)


def test_files_and_excuses_nobody_can_stand_for_are_refused():
    when(RegisterBuilding(building="3", title="3号楼", attachments=("0" * 64,)))
    then_refused("attachment.unknown", attachment="0" * 64)
    when(RegisterBuilding(building="3", title="3号楼", acknowledge=("FUND-09",)))
    then_refused("acknowledge.nothing-to-acknowledge", acknowledged=["FUND-09"])


# -- all of a batch or none of it ------------------------------------------------------------------


def test_a_batch_is_recorded_as_one_and_each_command_knows_the_ones_before(a_story):
    batch = [
        asked(BUILDING, "the-secretary"),
        asked(register_units("3-101"), "the-secretary"),
        asked(register_units("3-102"), "the-secretary"),
    ]
    receipt = a_story.ledger.record_all(batch, "import-1")
    assert [line.kind for line in receipt.events] == [
        "building.registered",
        "units.registered",
        "units.registered",
    ]
    assert [line.position - receipt.position for line in receipt.events] == [-2, -1, 0]
    assert a_story.ledger.record_all(batch, "import-1") == Receipt(
        receipt.events, receipt.position, replayed=True
    )


def test_states_advance_within_a_batch_as_they_do_one_by_one(a_story):
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    batch = [
        asked(request_payment("lift-3", fen=8_000_00), "the-treasurer"),
        asked(approve_payment("lift-3-next"), "the-chair"),
        asked(record_payment("lift-3-next"), "the-treasurer"),
        asked(request_payment("lift-3", fen=1, payment="one-fen-more"), "the-treasurer"),
    ]
    with pytest.raises(Refused, match=r"fund-payment\.exceeds-authorisation") as refused:
        a_story.ledger.record_all(batch)
    assert refused.value.details == {"index": 3, "remaining_fen": 0}


def failing_batches():
    good = asked(BUILDING, "the-secretary")
    return {
        "refused": ([good, good], Refused, 1),
        "not permitted": ([good, asked(register_units("3-101"), "the-firm")], NotPermitted, 1),
        "unknown ledger": ([good, asked(BUILDING, "the-secretary", ledger="jinguiyuan")], UnknownLedger, 1),
        "malformed": ([good, asked(register_units("3-101"), "the-secretary"),
                       asked(RegisterBuilding(building="!", title="3"), "the-secretary")], Malformed, 2),
    }  # fmt: skip


@pytest.mark.parametrize(("batch", "error", "index"), failing_batches().values(), ids=failing_batches())
def test_one_command_at_fault_undoes_the_batch_and_is_named(a_story, batch, error, index):
    head = a_story.store.head()
    with pytest.raises(error) as failed:
        a_story.ledger.record_all(batch, "import-1")
    assert failed.value.details["index"] == index
    assert a_story.store.head() == head
    when(BUILDING, key="import-1")  # neither the state nor the key remembers the batch
    then(building_registered("3"))


def test_a_batch_of_nothing_is_refused(a_story):
    with pytest.raises(Malformed):
        a_story.ledger.record_all([], "import-1")


def test_a_batch_may_span_ledgers(a_story):
    opening = Asked(
        "jinguiyuan", OpenLedger(of="community", title="金桂苑", parent=WUTONGLI), "the-street", TODAY
    )
    receipt = a_story.ledger.record_all([asked(BUILDING, "the-secretary"), opening])
    assert [(line.ledger, line.number) for line in receipt.events] == [(WUTONGLI, 11), ("jinguiyuan", 0)]


# -- others write at the same time -----------------------------------------------------------------


def test_what_another_process_recorded_is_known_before_deciding(a_story, store_folder):
    elsewhere = GovernanceLedger(SQLiteStore(store_folder), SQLiteVault(store_folder))
    given(fund_opened("working", fen=1_000_00), committee_decided("printer", authorises=9_000_00))
    given(payment_requested("printer-1", fen=800_00, decision="printer", fund="working"))
    given(payment_requested("printer-2", fen=800_00, decision="printer", fund="working"))
    elsewhere.record(asked(approve_payment("printer-1"), "the-chair"))
    when(approve_payment("printer-2"))
    then_refused("fund.insufficient", fund="working", available_fen=200_00, amount_fen=800_00)
    elsewhere.store.close()
    elsewhere.vault.close()


def test_the_sixth_of_six_approvals_at_once_is_refused(a_story, store_folder):
    given(fund_opened("working", fen=5_500_00), committee_decided("printer", authorises=9_000_00))
    given(
        *[
            payment_requested(f"printer-{n}", fen=1_000_00, decision="printer", fund="working")
            for n in range(6)
        ]
    )
    ledgers = [GovernanceLedger(SQLiteStore(store_folder), SQLiteVault(store_folder)) for _ in range(2)]
    outcomes: list[str] = []
    together = threading.Barrier(6)

    def approve(number):
        together.wait()
        try:
            ledgers[number % 2].record(asked(approve_payment(f"printer-{number}"), "the-chair"))
            outcomes.append("approved")
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=approve, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in ledgers:
        one.store.close()
        one.vault.close()
    assert sorted(outcomes) == [*["approved"] * 5, "fund.insufficient"]
    assert state_of(FundBook, "working").available_fen == 500_00


class Watched(SQLiteStore):
    """A store that remembers under which conditions it was asked to append."""

    def append_drafts(self, drafts, condition, key, ahead=None):
        self.conditions = [*getattr(self, "conditions", []), condition]
        return super().append_drafts(drafts, condition, key, ahead)


def test_everything_a_decision_looked_at_guards_its_append(store_folder):
    store, vault = Watched(store_folder), SQLiteVault(store_folder)
    story = Story(store, vault)
    for _ in telling(story):
        given(fund_opened("working", fen=5_500_00), committee_decided("printer", authorises=9_000_00))
        given(payment_requested("printer-1", fen=1_000_00, decision="printer", fund="working"))
        head = store.head()
        when(approve_payment("printer-1"))
        then_recorded()
    assert store.conditions[-1].after == head
    assert set(store.conditions[-1].tags) == {
        (WUTONGLI, tag)
        for tag in (
            "community",
            "roles",
            "rules",
            "payment:printer-1",
            "decision:printer",
            "emergency:printer",
            "fund:working",
        )
    }
    store.close()
    vault.close()


def test_what_fails_after_the_commit_neither_denies_the_record_nor_stops_the_next(a_story, monkeypatch):
    def broken(*_: object) -> None:
        raise ValueError("of a test")

    with monkeypatch.context() as after_the_commit:
        after_the_commit.setattr(a_story.ledger._slices, "take_in", broken)
        when(BUILDING)
        then_recorded()
    when(BUILDING)
    then_refused("building.already-registered", building=BUILDING.building)
