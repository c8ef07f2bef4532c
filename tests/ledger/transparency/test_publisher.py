"""The publisher signs what was recorded, the same bytes whatever happens, and nothing that was changed."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.errors import LedgerError, StoreDamaged
from ledger.transparency import keys
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import LogFolder, PublishingStopped
from ledger.transparency.merkle import check_inclusion, inclusion_proof, root_of
from ledger.transparency.note import parsed
from ledger.transparency.publisher import Signing
from ledger.transparency.tiles import Tile, entries_of, hashes_from, tile_of, tiles_of
from tests.ledger.story import WUTONGLI
from tests.ledger.transparency.publishing import HonestWitness, Office


@pytest.fixture
def both(store_url: str, tmp_path: Path) -> Iterator[Office]:
    """An office on either database."""
    yield from _open(store_url, tmp_path)


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    yield from _open(sqlite_url, tmp_path)


def _open(url: str, folder: Path) -> Iterator[Office]:
    office = Office(url, folder)
    try:
        yield office
    finally:
        office.close()


@pytest.fixture
def witnessed(office: Office) -> tuple[Office, list[HonestWitness]]:
    """Two of three witnesses must have seen what readers see."""
    witnesses = [
        HonestWitness(name, office.key, lambda: office.now) for name in ("street", "audit", "neighbour")
    ]
    lines = [one.policy_line for one in witnesses]
    lines += ["group most 2 street audit neighbour", "quorum most"]
    office.signing = office.signing._replace(
        policy="".join(f"{line}\n" for line in lines).encode(),
        clients={one.key.vkey.name: one for one in witnesses},
    )
    return office, witnesses


def refused(
    office: Office, code: str, error: type[LedgerError] = PublishingStopped, **details: object
) -> None:
    """A publisher started now signs nothing and says why, in its log and where pages look."""
    before = office.files()
    with pytest.raises(error) as stopped:
        office.publisher().publish(WUTONGLI)
    assert stopped.value.code == code, stopped.value
    assert {name: stopped.value.details.get(name) for name in details} == details
    after = office.files()
    assert [after[name] for name in ("checkpoint", "checkpoints.log")] == [
        before[name] for name in ("checkpoint", "checkpoints.log")
    ]
    why = office.log.stopped()
    assert why is not None
    assert why.code == code


# -- publishing ----------------------------------------------------------------------------------------


def test_what_was_recorded_is_signed_and_every_record_can_be_proven(both: Office):
    both.record(300)
    seen = both.publish()
    leaves = both.leaves()
    assert (seen.origin, seen.size, seen.root) == (
        f"zhang.example/t/{WUTONGLI}",
        len(leaves),
        root_of(leaves),
    )
    hashes = hashes_from(both.log.read, seen.size)
    for number in (0, 255, 256, seen.size - 1):
        check_inclusion(
            number, seen.size, leaves[number], inclusion_proof(number, seen.size, hashes), seen.root
        )


def test_every_file_of_the_log_is_where_outside_tools_look_for_it(office: Office):
    office.record(300)
    size = office.publish().size
    files = office.files()
    assert {name for name in files if name.startswith("tile/")} == {tile.path for tile in tiles_of(size)}
    entries = [entry for tile in ("tile/entries/000", f"tile/entries/001.p/{size - 256}")
               for entry in entries_of(files[tile], tile_of(tile).width)]  # fmt: skip
    assert entries == [row.entry for row in office.story.store.ledger_rows(WUTONGLI, -1, size)]
    assert files["vkey"].decode().strip() == str(office.key)
    assert files["policy"].decode() == f"log {office.key}\nquorum none\n"


def test_a_log_grows_and_keeps_the_partial_tiles_of_every_size_until_they_are_full(office: Office):
    first = office.publish().size
    office.record(2)
    office.publish()
    assert {f"tile/0/000.p/{first}", f"tile/0/000.p/{first + 2}"} <= office.files().keys()
    office.record(256)
    office.publish()
    names = office.files()
    assert "tile/0/000" in names
    assert not [name for name in names if "000.p/" in name and not name.startswith("tile/1")]
    assert office.log.read(Tile(0, 0, first)) == office.log.read(Tile(0, 0))[: 32 * first]
    assert [checkpoint_of(note.text).size for note in office.log.notes()] == [first, first + 2, first + 258]


def test_publishing_again_changes_nothing(both: Office):
    both.publish()
    before = both.files()
    both.publish()
    assert both.files() == before


def test_two_publishers_sign_the_same_bytes(office: Office, tmp_path: Path):
    office.record(5)
    office.publish()
    before = office.files()
    office.forget_log()
    office.publish()
    assert office.files() == before


# -- killed at any line --------------------------------------------------------------------------------


class KilledError(Exception):
    """The process ends here."""


def _killed_at(last: int) -> Callable[[str], None]:
    steps = iter(range(last + 1))

    def step(_: str) -> None:
        if next(steps) == last:
            raise KilledError

    return step


def _steps(office: Office) -> list[str]:
    """What a publisher does that nobody ends."""
    done: list[str] = []
    office.publish(step=done.append)
    return done


def test_a_publisher_killed_between_any_two_steps_is_completed_by_the_next_with_the_same_bytes(
    office: Office,
):
    office.publish()
    office.record(250)  # fills the first tiles, so that partials are dropped as well
    copy = _saved(office)
    steps = _steps(office)
    whole = office.files()
    assert len(steps) > 15
    for last in range(len(steps)):
        _restored(office, copy)
        with pytest.raises(KilledError):
            office.publish(step=_killed_at(last))
        shown = office.seen().size
        assert shown in (office.begun, office.begun + 250)
        office.publish()
        assert office.files() == whole, steps[last]


def test_the_first_publication_is_completed_as_well(office: Office):
    office.record(260)
    _is_completed_wherever_it_is_killed(office)


def test_what_was_signed_before_the_end_came_stays_when_more_is_recorded(office: Office):
    office.publish()
    copy = _saved(office)
    steps = len(_steps_of_growth(office))
    for last in range(steps):
        _restored(office, copy)
        with pytest.raises(KilledError):
            office.publish(step=_killed_at(last))
        office.record(1)
        assert office.publish().root == root_of(office.leaves())


def _steps_of_growth(office: Office) -> list[str]:
    office.record(1)
    return _steps(office)


def test_a_note_that_was_cut_short_was_shown_to_nobody_and_is_written_again(office: Office):
    office.publish()
    office.record(3)
    kept = office.logs / WUTONGLI / "checkpoints.log"
    before = kept.read_bytes()
    office.publish()
    whole = kept.read_bytes()
    for end in range(len(before), len(whole)):
        kept.write_bytes(whole[:end])
        (office.logs / WUTONGLI / "checkpoint").write_bytes(before[:-1])
        office.publish()
        assert kept.read_bytes() == whole


def _is_completed_wherever_it_is_killed(office: Office) -> None:
    copy = _saved(office)
    steps = _steps(office)
    whole = office.files()
    for last in range(len(steps)):
        _restored(office, copy)
        with pytest.raises(KilledError):
            office.publish(step=_killed_at(last))
        office.publish()
        assert office.files() == whole, steps[last]


def _saved(office: Office) -> dict[str, bytes]:
    return office.files() if office.logs.exists() else {}


def _restored(office: Office, files: dict[str, bytes]) -> None:
    if office.logs.exists():
        office.forget_log()
    for name, content in files.items():
        path = office.logs / WUTONGLI / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


# -- what it refuses -----------------------------------------------------------------------------------


def test_a_backup_brought_back_is_not_signed(both: Office):
    both.record(5)
    both.publish()
    both.lose_after(both.begun + 2)
    refused(both, "publisher.records-gone", number=both.begun + 2, size=both.begun + 5)


def test_nor_is_one_to_which_other_records_came_since(both: Office):
    both.record(5)
    both.publish()
    both.lose_after(both.begun + 2)
    both.record(7)
    refused(both, "publisher.record-differs", number=both.begun + 2)


def test_a_record_changed_with_its_hash_is_named(both: Office):
    both.record(300)
    both.publish()
    both.alter(both.begun + 7, consistently=True)
    refused(both, "publisher.record-differs", number=both.begun + 7)


def test_a_record_changed_without_its_hash_is_named(both: Office):
    both.record(3)
    both.publish()
    both.alter(both.begun + 1, consistently=False)
    refused(both, "store.hash-mismatch", StoreDamaged, number=both.begun + 1, ledger=WUTONGLI)


def test_a_record_changed_before_it_was_signed_is_named_as_well(office: Office):
    office.publish()
    office.record(3)
    office.alter(office.begun + 2, consistently=False)
    refused(office, "store.hash-mismatch", StoreDamaged, number=office.begun + 2)


def test_a_publisher_that_runs_notices_when_the_records_beside_the_new_ones_were_changed(office: Office):
    running = office.publisher()
    running.publish(WUTONGLI)
    office.record(2)
    running.publish(WUTONGLI)
    before = office.files()
    office.alter(office.begun, consistently=True)
    office.record(1)
    with pytest.raises(PublishingStopped) as stopped:
        running.publish(WUTONGLI)
    assert (stopped.value.code, stopped.value.details["number"]) == ("publisher.record-differs", office.begun)
    assert {name: office.files()[name] for name in before} == before


def test_once_an_hour_a_publisher_that_runs_looks_at_all_of_it(office: Office):
    office.record(1)
    running = office.publisher()
    running.publish(WUTONGLI)
    office.alter(office.begun, consistently=True)
    running.publish(WUTONGLI)  # nothing is new
    office.now += 3600
    with pytest.raises(PublishingStopped):
        running.publish(WUTONGLI)


def test_of_records_changed_together_with_their_tiles_the_checkpoints_tell_where(office: Office):
    office.record(2)
    office.publish()
    office.record(3)
    size = office.publish().size
    changed = office.begun + 3
    office.alter(changed, consistently=True)
    rows = office.story.store.ledger_rows(WUTONGLI, -1, size)
    for name, found in office.files().items():
        if name.startswith(f"tile/0/000.p/{size}"):
            forged = b"".join(row.leaf_hash for row in rows)
            assert forged != found
            (office.logs / WUTONGLI / name).write_bytes(forged)
    refused(office, "publisher.records-differ", first=office.begun + 2, last=size - 1)


def test_a_record_of_another_ledger_is_named(both: Office):
    both.record(1)
    both.publish()
    both.story.begin("xinghuali")
    number = both.length
    theirs = both.story.store.ledger_rows("xinghuali", 9, 1)[0].position
    ours = "(SELECT id FROM name WHERE name = ?)" if both.url.startswith("sqlite") else "?"
    with both.database() as execute:  # theirs follows on ours
        execute("UPDATE event SET number = -1 WHERE position = ?", theirs)
        execute(f"UPDATE event SET ledger = {ours}, number = ? WHERE position = ?", WUTONGLI, number, theirs)
    refused(both, "store.other-ledger", StoreDamaged, ledger=WUTONGLI, number=number)


@pytest.mark.parametrize("bit", [0, 77, -1])
@pytest.mark.parametrize("kind", ["tile/0/000", "tile/entries/000", "tile/1/000.p/1"])
def test_a_bit_that_fell_over_in_a_file_of_the_log_stops_it(office: Office, kind: str, bit: int):
    office.record(300)
    office.publish()
    path = office.logs / WUTONGLI / kind
    content = bytearray(path.read_bytes())
    content[bit % len(content)] ^= 1
    path.write_bytes(content)
    refused(office, "publisher.tile-differs", path=kind)


def test_a_tile_that_is_there_with_other_bytes_is_never_written_over(office: Office):
    office.publish()
    office.record(1)
    path = office.logs / WUTONGLI / f"tile/0/000.p/{office.length}"
    path.write_bytes(b"\0" * 32 * office.length)
    refused(office, "publisher.tile-differs", path=f"tile/0/000.p/{office.length}")
    assert path.read_bytes() == b"\0" * 32 * office.length


def test_a_tile_that_is_gone_is_written_again(office: Office):
    office.record(300)
    office.publish()
    whole = office.files()
    for name in whole:
        if name.startswith("tile/"):
            (office.logs / WUTONGLI / name).unlink()
            office.publish()
            assert office.files() == whole


def test_a_log_that_another_key_signed_is_left_alone(office: Office):
    office.publish()
    office.key_file.unlink()
    keys.create(office.key_file, "zhang.example/t")
    refused(office, "publisher.foreign-key", log_key=str(office.key))


def test_a_log_of_another_name_is_left_alone(office: Office):
    office.publish()
    seed = keys.read_keys(office.key_file).seeds[0]
    office.signing = Signing(lambda: keys.LogKeys((seed._replace(name="other.example/t"),)))
    refused(office, "publisher.foreign-key", origin=f"zhang.example/t/{WUTONGLI}")


def test_a_checkpoint_somebody_wrote_by_hand_is_found_out(office: Office):
    office.publish()
    path = office.logs / WUTONGLI / "checkpoint"
    path.write_text(path.read_text().replace(f"\n{office.begun}\n", f"\n{office.begun - 1}\n"))
    refused(office, "publisher.checkpoint-altered")


def test_what_was_signed_cannot_be_made_less(office: Office):
    office.publish()
    kept = office.logs / WUTONGLI / "checkpoints.log"
    first = kept.read_bytes()
    office.record(1)
    office.publish()
    kept.write_bytes(first)
    refused(office, "publisher.checkpoints-gone", size=office.begun)


def test_two_that_sign_at_once_cannot_both_keep_what_they_signed(office: Office):
    office.publish()
    office.record(1)
    seen = office.log.newest()
    office.publish()
    note = office.log.newest()
    assert note is not None
    with pytest.raises(PublishingStopped) as stopped:
        office.log.append(note, after=seen)
    assert stopped.value.code == "publisher.signed-by-another"


def test_a_log_that_is_put_right_goes_on_and_no_longer_says_it_stopped(office: Office):
    office.publish()
    office.record(1)
    path = office.logs / WUTONGLI / f"tile/0/000.p/{office.length}"
    path.write_bytes(b"?")
    refused(office, "publisher.tile-differs")
    path.unlink()
    office.publish()
    assert office.log.stopped() is None


# -- witnesses -----------------------------------------------------------------------------------------


def test_readers_see_what_witnesses_enough_have_signed(witnessed):
    office, witnesses = witnessed
    witnesses[2].is_away = True
    assert office.publish().size == office.begun
    note = parsed(office.log.checkpoint())
    assert [one.name for one in note.signatures] == [office.key.name, "street", "audit"]
    assert note.signed_by([witnesses[0].key.vkey]) == {witnesses[0].key.vkey: int(office.now)}


def test_until_then_they_see_the_one_before(witnessed):
    office, witnesses = witnessed
    publisher = office.publisher()
    publisher.round()
    office.record(1)
    witnesses[0].is_away = witnesses[1].is_away = True
    publisher.round()
    assert checkpoint_of(office.log.newest().text).size == office.begun + 1
    assert office.seen().size == office.begun
    witnesses[0].is_away = False
    publisher.round()
    assert office.seen().size == office.begun  # asked again in ten seconds
    office.now += 10
    publisher.round()
    assert office.seen().size == office.begun + 1


def test_a_witness_that_missed_some_sizes_is_taken_from_where_it_is(witnessed):
    office, witnesses = witnessed
    publisher = office.publisher()
    publisher.publish(WUTONGLI)
    witnesses[2].is_away = True
    office.record(5)
    publisher.publish(WUTONGLI)
    witnesses[2].is_away = False
    office.record(5)
    publisher = office.publisher()  # one that was just started knows of nothing and asks
    assert set(publisher.publish(WUTONGLI).witnesses) == {"street", "audit", "neighbour"}


def test_every_hour_witnesses_sign_the_same_size_again(witnessed):
    office, _ = witnessed
    publisher = office.publisher()
    publisher.round()
    before = office.files()["checkpoint"]
    office.now += 3599
    publisher.round()
    assert office.files()["checkpoint"] == before
    office.now += 1
    publisher.round()
    note = parsed(office.files()["checkpoint"])
    assert checkpoint_of(note.text).size == office.begun
    assert set(note.signed_by(publisher._witnesses.policy.witness_keys).values()) == {int(office.now)}
    assert len(list(office.log.notes())) == 2  # signed, then witnessed; a heartbeat is no new checkpoint


def test_a_backup_brought_back_with_its_log_is_betrayed_by_the_witnesses(witnessed):
    office, _ = witnessed
    office.record(2)
    office.publish()
    backup = office.files()
    office.record(3)
    office.publish()
    office.lose_after(office.begun + 2)
    _restored(office, backup)
    refused(office, "publisher.records-gone", number=office.begun + 2, size=office.begun + 5)


def test_so_is_a_history_that_was_written_anew(witnessed):
    office, _ = witnessed
    office.record(2)
    backup = office.files() if office.logs.exists() else {}
    office.publish()
    office.alter(office.begun + 1, consistently=True)
    _restored(office, backup)
    with pytest.raises(PublishingStopped) as stopped:
        office.publish()
    assert (stopped.value.code, stopped.value.details["witness"]) == ("publisher.witness-differs", "street")
    assert "checkpoints.log" not in office.files()


def test_a_publisher_killed_while_witnesses_are_asked_is_completed_by_the_next(witnessed):
    office, _ = witnessed
    office.publish()
    office.record(1)
    _is_completed_wherever_it_is_killed(office)


# -- the key -------------------------------------------------------------------------------------------


def test_while_a_key_is_replaced_both_sign_and_the_one_before_is_signed_again(office: Office):
    office.publish()
    old = office.key
    keys.rotate(office.key_file)
    new = office.key
    assert new != old
    office.publish()
    assert [*parsed(office.log.checkpoint()).signed_by([old, new])] == [new, old]
    assert checkpoint_of(office.log.newest().text).size == office.begun
    office.record(1)
    office.publish()
    assert [*parsed(office.log.checkpoint()).signed_by([old, new])] == [new, old]
    keys.retire(office.key_file)
    office.record(1)
    office.publish()
    assert [*parsed(office.log.checkpoint()).signed_by([old, new])] == [new]


# -- for ever ------------------------------------------------------------------------------------------


def test_one_ledger_that_stops_keeps_no_other_from_going_on(office: Office):
    office.story.begin("xinghuali")
    publisher = office.publisher()
    publisher.round()
    (office.logs / WUTONGLI / "checkpoint").write_text("nonsense")
    publisher = office.publisher()
    publisher.round()
    assert office.log.stopped() is not None
    assert LogFolder(office.logs / "xinghuali").stopped() is None
    assert checkpoint_of(parsed(LogFolder(office.logs / "xinghuali").checkpoint()).text).size > 0


class OnlyLock:
    """One publisher at a time."""

    def __init__(self, is_free: bool) -> None:
        self.is_free, self.asked = is_free, threading.Event()

    def acquired(self) -> bool:
        self.asked.set()
        return self.is_free

    def release(self) -> None:
        self.is_free = True


class Rests(threading.Event):
    """Between two rounds something happens; when nothing more does, the publisher is told to stop."""

    def __init__(self, *happenings: Callable[[], object]) -> None:
        super().__init__()
        self.seconds: list[float | None] = []
        self._happenings = list(happenings)

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        if self._happenings:
            self._happenings.pop(0)()
        else:
            self.set()
        return self.is_set()


def test_however_much_is_recorded_it_publishes_no_more_than_every_ten_seconds(office: Office):
    rests = Rests(lambda: None, lambda: office.record(1), lambda: office.record(200), lambda: None)
    office.publisher().run(rests, OnlyLock(is_free=True))
    assert rests.seconds == [10.0, 0.5, 10.0, 10.0, 0.5]
    sizes = [checkpoint_of(note.text).size for note in office.log.notes()]
    assert sizes == [office.begun, office.begun + 1, office.begun + 201]


def test_it_runs_until_it_is_told_to_stop_and_only_while_it_holds_the_lock(office: Office):
    stop, lock = threading.Event(), OnlyLock(is_free=False)
    publisher = office.publisher()
    running = threading.Thread(target=publisher.run, args=(stop, lock))
    running.start()
    assert lock.asked.wait(5)
    assert office.log.checkpoint() is None
    lock.is_free = True
    for _ in range(100):
        if office.log.checkpoint() is not None:
            break
        threading.Event().wait(0.05)
    stop.set()
    running.join(5)
    assert not running.is_alive()
    assert office.seen().size == office.begun
