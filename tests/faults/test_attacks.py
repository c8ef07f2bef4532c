"""The attacks of the design's table, by those who run the log, hold its key, or own its disk.

Each is tried as it would be: first through our publisher, which must not sign; then past it, with the log's
own key, before witnesses who must not sign; and a resident with an earlier checkpoint must see it. Elsewhere:
all ways to divide witnesses, and witnesses that collude (test_split_views); deaths at every step
(test_publisher, test_killed); records dated back, altered packs, pages that always say yes (tests/verifier).
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.envelope import leaf_hash
from ledger.errors import LedgerError
from ledger.transparency import keys
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import PublishingStopped
from ledger.transparency.merkle import ProofInvalid
from ledger.transparency.note import Note, parsed
from ledger.transparency.proof import check, proof_of
from tests.faults.attacked import KeyHolder, Resident, Watched
from tests.ledger.story import WUTONGLI
from tests.ledger.transparency.publishing import PREFIX
from tests.ledger.transparency.watched import STRANGER, body

RECORDS = 100
Entries = list[bytes]


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Watched]:
    """A hundred records, signed, and seen by three witnesses."""
    office = Watched(sqlite_url, tmp_path)
    try:
        office.record(RECORDS - office.length)
        assert office.publish().size == RECORDS
        yield office
    finally:
        office.close()


def refuses(office: Watched, code: str, **details: object) -> None:
    """A publisher started now signs nothing, and says which record it is."""
    before, sizes = signed_so_far(office), witnessed(office)
    with pytest.raises(LedgerError) as stopped:
        office.publish()
    assert (stopped.value.code, details.items() <= stopped.value.details.items()) == (code, True), (
        stopped.value
    )
    assert (signed_so_far(office), witnessed(office)) == (before, sizes)


def signed_so_far(office: Watched) -> bytes | None:
    path = office.logs / WUTONGLI / "checkpoints.log"
    return path.read_bytes() if path.exists() else None


def witnessed(office: Watched) -> list[int]:
    """How many records each witness last signed."""
    latest = [one.latest(office.key.name) for one in office.witnesses]
    return [checkpoint_of(note.text).size if note else 0 for note in latest]


def test_honest_growth_is_signed_by_all_and_what_was_there_stays_byte_for_byte(office: Watched):
    before, resident = office.entries(), Resident(office)
    office.record(7)
    assert office.publish().size == office.length == RECORDS + 7
    assert witnessed(office) == [RECORDS + 7] * 3
    assert office.entries()[:RECORDS] == before
    assert resident.compares(office.shown()) == "grown"
    for number in (0, 99, 106):
        assert resident.checks(office.proof(number), office.entries()[number])[0] == {}


# -- operator or database admin: another past --------------------------------------------------------


@pytest.mark.parametrize("number", [20, 64, 99])
def test_a_row_edited(office: Watched, number: int):
    resident, thief = Resident(office), KeyHolder(office)
    office.alter(number, consistently=True)
    refuses(office, "publisher.record-differs", number=number)
    office.forget_log()  # and all we know of it: others know it
    refuses(office, "publisher.witness-differs", size=RECORDS)
    assert thief.asks_all(office.entries(), old=RECORDS) == [422] * 3
    assert resident.compares(thief.note(office.entries())) == "another history"


def test_a_row_edited_and_then_grown(office: Watched):
    resident, thief = Resident(office), KeyHolder(office)
    office.alter(20, consistently=True)
    office.record(10)
    refuses(office, "publisher.record-differs", number=20)
    assert thief.asks_all(office.entries(), old=RECORDS) == [422] * 3
    assert resident.compares(thief.note(office.entries())) == "another history"


REWRITTEN: dict[str, Callable[[Entries], Entries]] = {
    "a record put in between": lambda entries: [*entries[:50], entries[7], *entries[50:]],
    "a record taken out": lambda entries: [*entries[:50], *entries[51:], b"{}"],
    "two records exchanged": lambda entries: [*entries[:50], entries[51], entries[50], *entries[52:], b"{}"],
    "all turned around": lambda entries: [*entries[::-1], b"{}"],
    "only the first another": lambda entries: [b"{}", *entries[1:], b"{}"],
    "only the last another": lambda entries: [*entries[:-1], b"{}", b"{}"],
}


@pytest.mark.parametrize("rewrite", REWRITTEN.values(), ids=REWRITTEN)
def test_a_past_rewritten_past_every_guard_of_ours(office: Watched, rewrite: Callable[[Entries], Entries]):
    history = rewrite(office.entries())
    assert KeyHolder(office).asks_all(history, old=RECORDS) == [422] * 3
    assert witnessed(office) == [RECORDS] * 3


def test_the_tail_cut_off(office: Watched):
    resident, thief = Resident(office), KeyHolder(office)
    shorter = office.entries()[:-3]
    office.lose_after(RECORDS - 3)
    refuses(office, "publisher.records-gone", number=RECORDS - 3, size=RECORDS)
    office.forget_log()
    refuses(office, "publisher.records-gone", number=RECORDS - 3, size=RECORDS)
    assert thief.asks_all(shorter, old=RECORDS) == [400] * 3
    assert thief.asks_all(shorter, old=RECORDS - 3) == [409] * 3
    assert resident.compares(thief.note(shorter)) == "shrunk"


def test_a_backup_of_ninety_brought_back_and_grown_again(office: Watched):
    resident, thief = Resident(office), KeyHolder(office)
    office.lose_after(90)
    office.record(20)
    refuses(office, "publisher.record-differs", number=90)
    office.forget_log()  # the folder of the log came out of the backup too, or out of nothing
    refuses(office, "publisher.witness-differs", size=RECORDS)
    assert thief.asks_all(office.entries(), old=RECORDS) == [422] * 3
    assert thief.asks_all(office.entries(), old=90) == [409] * 3
    assert resident.compares(thief.note(office.entries())) == "another history"


def test_a_split_view(office: Watched):
    """One history for the street, another for everybody else: one gets no quorum, and both prove the lie."""
    thief = KeyHolder(office)
    mine, theirs = [*office.entries(), b"{}"], [*office.entries(), b"[]"]
    first, *others = office.witnesses
    leaves = thief.note(theirs), thief.note(mine)
    asked = [body(RECORDS, thief.growth(one), note) for one, note in zip((theirs, mine), leaves, strict=True)]
    assert first.witness.add_checkpoint(asked[0]).status == 200
    assert [one.witness.add_checkpoint(asked[1]).status for one in others] == [200, 200]
    assert first.witness.add_checkpoint(asked[1]).status == 409
    assert [one.witness.add_checkpoint(asked[0]).status for one in others] == [409, 409]
    notes = [one.latest(office.key.name) for one in office.witnesses]
    with_both = Note(notes[1].text, (*notes[1].signatures, notes[2].signatures[-1]))
    assert [thief.is_believed(note) for note in (notes[0], notes[1], with_both)] == [False, False, True]
    for name in ("street", "audit", "neighbour"):
        (evidence,) = (office.folder / name).glob("fork-101-*.txt")
        kept = evidence.read_text()
        second = kept.rindex(f"{office.key.name}\n")
        one, other = parsed(kept[: second - 1].encode()), parsed(kept[second:].encode())
        assert {one.text, other.text} == {notes[0].text, notes[1].text}
        assert all(office.key in note.signed_by([office.key]) for note in (one, other))


# -- operator: what residents get to see -------------------------------------------------------------


def test_a_stale_view(office: Watched):
    """An old checkpoint is shown for ever: its newest cosignature says how old it is."""
    resident, entry = Resident(office), office.entries()[7]
    frozen = office.proof(7)
    assert "witness.stale" not in resident.checks(frozen, entry, later=47 * 3600)[1]
    assert "witness.stale" in resident.checks(frozen, entry, later=49 * 3600)[1]


def test_a_log_with_nothing_new_is_seen_to_be_fresh_every_hour(office: Watched):
    resident, entry, publisher = Resident(office), office.entries()[7], office.publisher()
    for _ in range(49):
        office.now += 3600
        publisher.publish(WUTONGLI)
    assert "witness.stale" not in resident.checks(office.proof(7), entry, later=0)[1]
    times = office.shown().signed_by([one.key for one in office.witnesses]).values()
    assert set(times) == {int(office.now)}


def test_an_event_left_out(office: Watched):
    """Its author holds a receipt: the log has another record in that place, or none."""
    receipt = office.receipt()
    (line,) = receipt.events
    assert line.number == RECORDS
    mine = office.entries()[RECORDS]
    assert leaf_hash(mine).hex() == line.leaf_hash
    office.lose_after(RECORDS)  # before it was ever published: no checkpoint knows it
    office.record(3)
    assert office.publish().size == RECORDS + 3
    resident = Resident(office)
    failed, said = resident.checks(office.proof(RECORDS), office.entries()[RECORDS], receipt)
    assert (failed, "grown.receipt-differs" in said) == ({"grown": "fail"}, True)
    failed, said = resident.checks(office.proof(RECORDS), mine, receipt)
    assert failed == {"tree": "fail"}


def test_an_event_that_was_not_left_out_has_its_receipt_honoured(office: Watched):
    receipt = office.receipt()
    office.record(3)
    office.publish()
    failed, said = Resident(office).checks(office.proof(RECORDS), office.entries()[RECORDS], receipt)
    assert (failed, "grown.receipt-fits" in said) == ({}, True)


# -- key thief ---------------------------------------------------------------------------------------


def test_a_foreign_key(office: Watched):
    stranger = KeyHolder(office, STRANGER)
    history = [*office.entries(), b"{}"]
    note = stranger.note(history)
    asked = body(RECORDS, stranger.growth(history), note)
    assert [one.witness.add_checkpoint(asked).status for one in office.witnesses] == [403] * 3
    assert not stranger.is_believed(note)
    office.key_file.unlink()
    keys.create(office.key_file, PREFIX)
    refuses(office, "publisher.foreign-key")


def test_a_stolen_key_with_another_history(office: Watched):
    thief = KeyHolder(office)
    history = [*office.entries()[:80], *(b'{"stolen":%d}' % number for number in range(40))]
    assert thief.asks_all(history) == [422] * 3
    assert not thief.is_believed(thief.note(history))
    shown, other = str(office.shown()).encode(), str(thief.note(history)).encode()
    proof = proof_of(office.proof(90).replace(shown, other))
    with pytest.raises(ProofInvalid):
        check(proof, office.entries()[90], office.key.name, office.key)


def test_a_key_that_was_retired_signs_nothing_any_more(office: Watched):
    thief, resident = KeyHolder(office), Resident(office)  # the thief copied the key before
    keys.rotate(office.key_file)
    now = office.signing.keys().signers(WUTONGLI)
    for one in office.witnesses:  # their keepers were told
        one.witness._logs = {office.key.name: tuple(signer.vkey for signer in now)}
    office.record(1)
    office.publish()
    both = {signer.vkey for signer in now}
    assert set(office.shown().signed_by(both)) == both
    keys.retire(office.key_file)
    for one in office.witnesses:
        one.witness._logs = {office.key.name: (now[0].vkey,)}
    history = [*office.entries(), b"{}"]
    assert thief.asks_all(history) == [403] * 3
    assert not thief.is_believed(thief.note(history))
    office.record(1)
    assert office.publish().size == RECORDS + 2
    assert resident.compares(office.shown()) == "grown"


# -- hardware ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["entry", "leaf_hash"])
@pytest.mark.parametrize("number", [3, RECORDS + 1], ids=["signed", "not yet signed"])
@pytest.mark.parametrize("bit", [0, 100, 255])
def test_a_bit_that_fell_over_in_the_store(office: Watched, column: str, number: int, bit: int):
    office.record(3)
    (row,) = office.story.store.ledger_rows(WUTONGLI, number - 1, 1)
    with office.database() as execute:
        execute(
            f"UPDATE event SET {column} = ? WHERE position = ?",
            flipped(getattr(row, column), bit),
            row.position,
        )
    refuses(office, "store.hash-mismatch", number=number)


@pytest.mark.parametrize("kind", ["tile/0/000.p/100", "tile/entries/000.p/100"])
@pytest.mark.parametrize("bit", [0, 1000, -1])
def test_a_bit_that_fell_over_in_a_tile(office: Watched, kind: str, bit: int):
    path = office.logs / WUTONGLI / kind
    path.write_bytes(flipped(path.read_bytes(), bit))
    office.record(3)
    refuses(office, "publisher.tile-differs", path=kind)


@pytest.mark.parametrize("peak", [0, 1, 2])
def test_a_bit_that_fell_over_in_the_memory_of_a_publisher_that_runs(office: Watched, peak: int):
    publisher = office.publisher()
    publisher.publish(WUTONGLI)
    office.record(3)
    log, _ = publisher._logs[WUTONGLI]
    log._frontier._peaks[peak] = flipped(log._frontier._peaks[peak], 77)
    before = signed_so_far(office)
    with pytest.raises(PublishingStopped):
        publisher.publish(WUTONGLI)
    assert (signed_so_far(office), witnessed(office)) == (before, [RECORDS] * 3)
    assert office.publish().size == RECORDS + 3  # the next one begins with what is on disk


def flipped(raw: bytes, bit: int) -> bytes:
    bit %= 8 * len(raw)
    return raw[: bit // 8] + bytes([raw[bit // 8] ^ 1 << bit % 8]) + raw[bit // 8 + 1 :]


# -- a witness of ours that is attacked itself -------------------------------------------------------


def test_whoever_has_the_keys_of_the_log_and_of_one_witness_gets_no_quorum(office: Watched):
    thief, stolen = KeyHolder(office), office.witnesses[0].witness.key
    note = thief.note([*office.entries()[:80], *(b'{"stolen":%d}' % number for number in range(40))])
    forged = Note(note.text, (*note.signatures, stolen.sign(note.text, int(office.now))))
    assert not thief.is_believed(forged)
    assert "witness.too-few" in Resident(office).checks(a_proof_with(forged, office), b"{}")[1]


def a_proof_with(note: Note, office: Watched) -> bytes:
    return office.proof(90).replace(str(office.shown()).encode(), str(note).encode())
