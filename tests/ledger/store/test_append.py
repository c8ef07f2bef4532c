"""One append: in one piece, in order, once per key, under its condition, and never below a limit."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from ledger.errors import KeyReused, Refused, StoreMisused
from ledger.store.entries import recorded_at_of
from ledger.store.port import Condition, Conflict, Store
from tests.ledger.store.drafting import draft, key, text_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_positions_count_all_events_and_numbers_those_of_a_ledger(store: Store) -> None:
    store.append_drafts([draft("one"), draft("two", ledger="meihuayuan"), draft("three")], None, None)
    store.append_drafts([draft("four", ledger="meihuayuan")], None, None)
    assert [(row.position, row.ledger, row.number) for row in store.rows(0)] == [
        (1, "wutongli", 0),
        (2, "meihuayuan", 0),
        (3, "wutongli", 1),
        (4, "meihuayuan", 1),
    ]
    assert (store.head(), store.length("wutongli"), store.length("nobody")) == (4, 2, 0)
    assert [row.position for row in store.ledger_rows("meihuayuan", 0, 10)] == [4]


def test_the_receipt_says_where_each_event_went(store: Store) -> None:
    store.clock = lambda: NOON
    receipt = store.append_drafts([draft("one"), draft("two")], None, key("wutongli/k-1"))
    assert [(line.id, line.number, line.position) for line in receipt.events] == [
        ("id-of-one", 0, 1),
        ("id-of-two", 1, 2),
    ]
    assert {line.recorded_at for line in receipt.events} == {"2026-11-20T12:00:00.000Z"}
    assert [line.leaf_hash for line in receipt.events] == [row.leaf_hash.hex() for row in store.rows(0)]
    assert (receipt.position, receipt.replayed) == (2, False)


@pytest.mark.parametrize("name", ["wutongli/k-1", "wutongli/01a1fe21-fd3b-7e0a-b45f-2b399d5c8948"])
def test_the_same_key_answers_the_first_receipt_again(store: Store, name: str) -> None:
    first = store.append_drafts([draft("one"), draft("two")], None, key(name))
    again = store.append_drafts([draft("one"), draft("two")], None, key(name))
    assert again == replace(first, replayed=True) == store.receipt(key(name))
    assert store.head() == 2


def test_a_key_with_another_body_is_refused_and_the_first_recording_stands(store: Store) -> None:
    store.append_drafts([draft("one")], None, key("wutongli/k-1", "pay 100"))
    with pytest.raises(KeyReused):
        store.append_drafts([draft("two")], None, key("wutongli/k-1", "pay 900"))
    assert store.head() == 1


def test_keys_that_differ_only_in_the_case_of_a_letter_are_two_keys(store: Store) -> None:
    lower, upper = "w/01a1fe21-fd3b-7e0a-b45f-2b399d5c8948", "w/01A1FE21-FD3B-7E0A-B45F-2B399D5C8948"
    store.append_drafts([draft("one")], None, key(lower))
    assert store.receipt(key(upper)) is None


def test_a_replay_is_answered_even_when_the_condition_fails_by_now(store: Store) -> None:
    condition = Condition((("wutongli", "fund:working"),), 0)
    first = store.append_drafts([draft("one", "fund:working")], condition, key("wutongli/k-1"))
    assert (
        store.append_drafts([draft("one", "fund:working")], condition, key("wutongli/k-1")).events
        == first.events
    )


def test_an_event_that_carries_a_tag_of_the_condition_is_a_conflict(store: Store) -> None:
    store.append_drafts([draft("one", "fund:working")], None, None)
    for tags, after in [
        ((("wutongli", "fund:working"),), 0),
        ((("wutongli", "x"), ("wutongli", "fund:working")), 0),
    ]:
        with pytest.raises(Conflict):
            store.append_drafts([draft("two")], Condition(tags, after), None)
    assert store.head() == 1


@pytest.mark.parametrize(
    ("ledger", "tag", "after"),
    [("wutongli", "fund:working", 1), ("wutongli", "fund:maintenance", 0), ("meihuayuan", "fund:working", 0)],
)
def test_earlier_events_other_tags_and_other_ledgers_are_no_conflict(
    store: Store, ledger: str, tag: str, after: int
) -> None:
    store.append_drafts([draft("one", "fund:working")], None, None)
    store.append_drafts([draft("two")], Condition(((ledger, tag),), after), None)
    assert store.head() == 2


def test_recorded_at_never_goes_back_when_the_clock_does(
    store: Store, opened: Callable[[str], Store], store_url: str
) -> None:
    other = opened(store_url)
    for by, hours in [(store, 0), (store, -1), (other, -9000), (store, 1)]:
        by.clock = lambda hours=hours: NOON + timedelta(hours=hours)
        by.append_drafts([draft()], None, None)
    assert [recorded_at_of(row.entry) for row in store.rows(0)] == [
        *["2026-11-20T12:00:00.000Z"] * 3,
        "2026-11-20T13:00:00.000Z",
    ]


def test_a_limit_may_reach_zero_and_not_go_below(store: Store) -> None:
    store.append_drafts([draft("opened", limits={"bank/working": 9_000_00})], None, None)
    store.append_drafts([draft("paid", limits={"bank/working": -9_000_00})], None, key("wutongli/k-1"))
    with pytest.raises(Refused) as refused:
        store.append_drafts(
            [draft("paid again", "fund:working", limits={"bank/working": -1})], None, key("wutongli/k-2")
        )
    assert (refused.value.code, refused.value.details["limit"]) == (
        "limit.below-zero",
        "wutongli/bank/working",
    )
    assert (store.head(), store.receipt(key("wutongli/k-2"))) == (2, None)


def test_a_limit_that_was_never_raised_is_zero(store: Store) -> None:
    with pytest.raises(Refused):
        store.append_drafts([draft("paid", limits={"bank/working": -1})], None, None)
    store.append_drafts(
        [draft("opened", limits={"bank/working": 1}), draft("paid", limits={"bank/working": -1})], None, None
    )
    assert store.head() == 2


def test_what_fails_on_the_way_leaves_nothing_behind(store: Store) -> None:
    store.append_drafts([draft("opened", limits={"bank/working": 5})], None, None)
    several = [
        draft("one", "new-tag"),
        draft("two", ledger="new-ledger"),
        draft("three", limits={"bank/working": -6}),
    ]
    with pytest.raises(Refused):
        store.append_drafts(several, None, key("wutongli/k-1"))
    assert (store.head(), store.length("new-ledger")) == (1, 0)
    receipt = store.append_drafts(
        [draft("one", "new-tag"), draft("two", ledger="new-ledger")], None, key("wutongli/k-1")
    )
    assert (receipt.position, receipt.replayed) == (3, False)


def test_nothing_to_append_is_refused(store: Store) -> None:
    with pytest.raises(StoreMisused, match=r"store\.nothing-to-append"):
        store.append_drafts([], None, None)


def test_inside_a_turn_nobody_else_can_append(
    store: Store, opened: Callable[[str], Store], store_url: str
) -> None:
    other = opened(store_url)
    other.append_drafts([draft("before")], None, None)
    waiting = threading.Thread(target=lambda: other.append_drafts([draft("after")], None, None))
    with store.exclusive():
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        assert store.head() == 1
        with store.exclusive():  # a turn within a turn is the same turn
            assert store.append_drafts([draft("mine")], Condition((), 1), None).position == 2
    waiting.join(10)
    assert [text_of(row) for row in store.rows(0)] == ["before", "mine", "after"]


def test_a_turn_that_ends_in_an_error_leaves_nothing_behind(store: Store) -> None:
    def fails() -> None:
        with store.exclusive():
            assert store.head() == 0
            raise RuntimeError("the decision went wrong")

    with pytest.raises(RuntimeError):
        fails()
    assert store.append_drafts([draft("one")], None, None).position == 1


def test_a_failed_append_inside_a_turn_does_not_spoil_the_next_one(store: Store) -> None:
    with store.exclusive():
        with pytest.raises(Refused):
            store.append_drafts([draft("one", limits={"bank/working": -1})], None, None)
        assert store.append_drafts([draft("two")], None, None).position == 1


def test_threads_may_share_a_store(store: Store) -> None:
    def work(name: str) -> None:
        for index in range(20):
            store.append_drafts(
                [draft(f"{name}-{index}", "fund:working")], None, key(f"wutongli/{name}-{index}")
            )

    threads = [threading.Thread(target=work, args=(name,)) for name in ("anna", "bo", "chen")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [row.position for row in store.rows(0)] == list(range(1, 61))


def test_whoever_waits_is_woken_by_the_next_append(
    store: Store, opened: Callable[[str], Store], store_url: str
) -> None:
    store.append_drafts([draft()], None, None)
    assert store.wait_for(0, 5) == 1
    assert store.wait_for(1, 0.05) == 1
    other = opened(store_url)
    for writer in (store, other):
        head = store.head()
        later = threading.Timer(0.1, lambda writer=writer: writer.append_drafts([draft()], None, None))
        later.start()
        assert store.wait_for(head, 20) == head + 1
        later.join()


def test_a_closed_store_opens_again_when_it_is_used(store: Store) -> None:
    store.append_drafts([draft()], None, None)
    store.close()
    store.close()
    assert store.head() == 1


def test_the_connection_of_a_thread_goes_with_its_thread(store: Store) -> None:
    opened: list[object] = []
    thread = threading.Thread(target=lambda: opened.append(store._connections.get()))
    thread.start()
    thread.join()
    [connection] = opened
    with pytest.raises(Exception, match="closed"):
        connection.execute("SELECT 1")
