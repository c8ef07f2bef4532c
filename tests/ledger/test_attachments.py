"""Files that belong to an event: public ones by name and digest, of others only what cannot be guessed."""

import hashlib
from pathlib import Path

import pytest

from ledger.actions.community import RegisterBuilding
from ledger.actors import digest_of
from ledger.envelope import leaf_hash
from ledger.errors import StoreDamaged
from ledger.events import Attachment, decode
from ledger.fields import Commitment, Tier
from ledger.store.files import Files, erase
from ledger.store.vault import Upload
from tests.ledger.story import Story, story, then_malformed, then_recorded, then_refused, when

INVOICE = "恒升公司 电梯更换 发票".encode()
DIGEST = hashlib.sha256(INVOICE).hexdigest()


@pytest.fixture(autouse=True)
def told(a_story: Story) -> None:
    """Every spec here tells a story."""


def uploaded(
    tier: Tier, *, ledger: str = "wutongli", content: bytes = INVOICE, name: str = "发票.pdf"
) -> str:
    """A file given to a ledger before; its digest."""
    sha256 = hashlib.sha256(content).hexdigest()
    story().vault.keep_upload(ledger, Upload(sha256, name, "application/pdf", len(content), tier))
    return sha256


def attach(*digests: str, building: str = "3") -> RegisterBuilding:
    """Any action will do: all take files."""
    return RegisterBuilding(building=building, title=f"{building}号楼", attachments=digests)


def recorded_attachments() -> tuple[Attachment, ...]:
    (line,) = then_recorded()
    (row,) = story().store.rows(line.position - 1, 1)
    return decode(row.kind, row.entry).attachments


def test_a_public_file_stands_in_the_event_by_name_digest_and_size():
    when(attach(uploaded("public")))
    assert recorded_attachments() == (
        Attachment(name="发票.pdf", sha256=DIGEST, size=len(INVOICE), tier="public", type="application/pdf"),
    )


@pytest.mark.parametrize("tier", ["owners", "audit"])
def test_of_a_private_file_the_event_has_neither_name_nor_digest(tier: Tier):
    when(attach(uploaded(tier, name="张三 身份证.pdf")))
    (one,) = recorded_attachments()
    assert (one.size, one.tier, one.type) == (len(INVOICE), tier, "application/pdf")
    (row,) = story().store.rows(story().store.head() - 1, 1)
    assert DIGEST.encode() not in row.entry
    assert "张三".encode() not in row.entry


def test_who_is_shown_the_disclosure_can_check_it_against_the_event():
    when(attach(uploaded("audit")))
    (one,) = recorded_attachments()
    assert isinstance(one.sha256, Commitment)
    shown = story().vault.disclosed(one.sha256.digest)
    assert shown is not None
    assert digest_of(shown) == one.sha256.digest
    assert story().vault.values([one.sha256.digest]) == {one.sha256.digest: DIGEST}


def test_the_same_private_file_looks_different_in_every_event():
    digest = uploaded("audit")
    when(attach(digest))
    (first,) = recorded_attachments()
    when(attach(digest, building="5"))
    (second,) = recorded_attachments()
    assert first.sha256 != second.sha256
    assert first.name != second.name


def test_several_files_keep_their_order_and_one_named_twice_counts_once():
    contract = uploaded("public", content=b"contract", name="合同.pdf")
    invoice = uploaded("audit")
    when(attach(contract, invoice, contract))
    assert [one.tier for one in recorded_attachments()] == ["public", "audit"]


def test_a_file_nobody_uploaded_is_refused():
    when(attach(DIGEST))
    then_refused("attachment.unknown", attachment=DIGEST)


def test_a_file_of_another_ledger_is_refused():
    uploaded("public", ledger="xinghuali")
    when(attach(DIGEST))
    then_refused("attachment.unknown", attachment=DIGEST)


def test_twenty_files_are_taken_and_not_one_more():
    many = [uploaded("public", content=b"%d" % number) for number in range(21)]
    when(attach(*many[:20]))
    assert len(recorded_attachments()) == 20
    when(attach(*many))
    then_malformed("/attachments", "field.malformed")


def test_a_dry_run_looks_at_the_files_and_keeps_nothing():
    before = story().vault.commitments(f"wutongli/file/{DIGEST}")
    when(attach(DIGEST), dry_run=True)
    then_refused("attachment.unknown")
    uploaded("audit")
    when(attach(DIGEST), dry_run=True)
    assert then_recorded() == ()
    assert story().vault.commitments(f"wutongli/file/{DIGEST}") == before == frozenset()
    assert story().vault.key(f"wutongli/file/{DIGEST}") is None


def test_erasing_a_private_file_leaves_its_leaf_valid_and_nothing_to_guess_from(tmp_path: Path):
    files, told = Files(tmp_path / "files"), story()
    files.of("wutongli", "audit").put(INVOICE)
    when(attach(uploaded("audit")))
    (one,) = recorded_attachments()
    (row,) = told.store.rows(told.store.head() - 1, 1)
    for _ in range(2):  # cut short, it may be asked again
        erase(files, told.vault, "wutongli", DIGEST)
    (after,) = told.store.rows(told.store.head() - 1, 1)
    assert after == row
    assert leaf_hash(after.entry) == after.leaf_hash
    assert isinstance(one.sha256, Commitment)
    assert told.vault.disclosed(one.sha256.digest) is None
    assert told.vault.key(f"wutongli/file/{DIGEST}") is None
    assert not files.of("wutongli", "audit").has(DIGEST)
    assert not list(tmp_path.rglob(DIGEST))
    when(attach(DIGEST, building="5"))
    then_refused("attachment.unknown")


def test_a_public_file_is_not_erased(tmp_path: Path):
    files = Files(tmp_path / "files")
    files.put(INVOICE)
    uploaded("public")
    erase(files, story().vault, "wutongli", DIGEST)
    assert files.has(DIGEST)
    assert story().vault.upload("wutongli", DIGEST) is not None


def test_an_entry_that_hides_a_public_file_or_shows_a_private_one_is_not_read():
    when(attach(uploaded("public")))
    then_recorded()
    (row,) = story().store.rows(story().store.head() - 1, 1)
    with pytest.raises(StoreDamaged):
        decode(row.kind, row.entry.replace(b'"tier":"public"', b'"tier":"audit"'))
    hidden = row.entry.replace(f'"{DIGEST}"'.encode(), b'{"_sd":"%s"}' % (b"a" * 43))
    assert hidden != row.entry
    with pytest.raises(StoreDamaged):
        decode(row.kind, hidden)
