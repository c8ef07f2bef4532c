"""What readers are shown, looked at anew: what is not as it was signed is said, with the record's number."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.transparency import looking
from ledger.transparency.looking import Finding
from ledger.transparency.note import COSIGNATURE, Note, SigningKey
from tests.ledger.story import WUTONGLI
from tests.ledger.transparency.publishing import NOON, HonestWitness, Office


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    office = Office(sqlite_url, tmp_path)
    yield office
    office.close()


def records(office: Office) -> Finding:
    return looking.records(office.story.store, WUTONGLI, office.log, office.seen())


def shown(office: Office) -> looking.Shown:
    found = looking.shown(office.log)
    assert found is not None
    return found


def test_records_that_are_as_they_were_signed_are_right(office):
    office.record(300)
    office.publish()
    office.record(2)  # what is not signed yet is not judged
    assert records(office) == Finding("ok")


@pytest.mark.parametrize("consistently", [True, False])
@pytest.mark.parametrize("back", [1, 150, 299])
def test_a_record_that_was_changed_is_named(office, consistently, back):
    office.record(300)
    office.publish()
    number = office.length - back
    office.alter(number, consistently=consistently)
    assert records(office) == Finding("bad", number)


def test_the_first_record_that_is_gone_is_named(office):
    office.record(8)
    office.publish()
    number = office.length - 3
    office.lose_after(number)
    assert records(office) == Finding("bad", number)


def test_where_the_published_hashes_are_gone_too_no_record_is_accused(office):
    office.record(8)
    size = office.publish().size
    office.alter(size - 4, consistently=True)
    for path in office.log.folder.rglob(f"*.p/{size}"):
        path.unlink()
    assert records(office) == Finding("bad")


def test_too_many_records_to_wait_for_are_not_said_to_be_right(office, monkeypatch):
    office.publish()
    monkeypatch.setattr(looking, "RECORDS_MAX", office.length)
    assert records(office).state == "ok"
    monkeypatch.setattr(looking, "RECORDS_MAX", office.length - 1)
    assert records(office).state == "unchecked"


def test_only_the_key_the_ledger_named_last_signs_for_it(office):
    office.publish()
    other = SigningKey(office.key.name, bytes(range(32))).vkey
    for keys, state in (
        ([office.key], "ok"),
        ([other, office.key], "ok"),
        ([office.key, other], "bad"),
        ([], "bad"),
    ):
        assert looking.signature(shown(office), keys) == Finding(state)


def test_a_signature_that_was_altered_is_wrong(office):
    office.publish()
    seen = shown(office)
    (line,) = seen.note.signatures
    altered = line._replace(signature=bytes(64))
    assert (
        looking.signature(seen._replace(note=Note(seen.note.text, (altered,))), [office.key]).state == "bad"
    )


def test_every_witness_is_listed_with_the_time_it_gave_whether_it_signed_or_not(office):
    street = HonestWitness("street", office.key, lambda: office.now)
    absent = SigningKey("audit.example", bytes(range(32)), COSIGNATURE).vkey
    policy = f"{street.policy_line}\nwitness audit {absent}\nquorum street\n".encode()
    office.signing = office.signing._replace(policy=policy, clients={"street": street})
    office.publish()
    first, second = looking.witnesses(office.log, shown(office))
    assert (first.name, first.at and first.at.timestamp()) == ("street", NOON)
    assert (second.name, second.at) == ("audit", None)


@pytest.mark.parametrize("time", [2**40, 2**62])
def test_a_time_no_calendar_has_is_no_time(office, time):
    witness = SigningKey("street.example", bytes(range(32)), COSIGNATURE)
    office.publish()
    (office.log.folder / "policy").write_text(f"witness street {witness.vkey}\nquorum none\n")
    seen = shown(office)
    line = witness.sign(seen.note.text, time)
    cosigned = seen._replace(note=Note(seen.note.text, (*seen.note.signatures, line)))
    assert [one.at for one in looking.witnesses(office.log, cosigned)] == [None]


def test_a_line_in_the_name_of_a_witness_that_it_never_signed_is_no_testimony(office):
    witness = SigningKey("street.example", bytes(range(32)), COSIGNATURE)
    office.publish()
    (office.log.folder / "policy").write_text(f"witness street {witness.vkey}\nquorum none\n")
    seen = shown(office)
    line = witness.sign("something else\n", NOON)
    cosigned = seen._replace(note=Note(seen.note.text, (*seen.note.signatures, line)))
    assert [one.at for one in looking.witnesses(office.log, cosigned)] == [None]


@pytest.mark.parametrize("policy", [None, b"nonsense\n"])
def test_without_a_policy_nobody_is_listed(office, policy):
    office.publish()
    (office.log.folder / "policy").unlink()
    if policy:
        (office.log.folder / "policy").write_bytes(policy)
    assert looking.witnesses(office.log, shown(office)) == []


def test_before_anything_is_signed_nothing_is_shown(office):
    assert looking.shown(office.log) is None
