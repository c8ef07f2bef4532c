"""What an owner takes away: the own ballot and the own share, with what proves them, and nobody else's."""

import base64
import hashlib
import json

import pytest

from ledger.actions.unit import TransferUnit
from ledger.actions.vote_result import CloseVote
from ledger.disclosing import OwnRecord, of_unit
from ledger.envelope import leaf_hash
from ledger.errors import Refused, StoreDamaged
from tests.ledger.asked import open_vote
from tests.ledger.happened import SPRING
from tests.ledger.secret_words import erase
from tests.ledger.story import TODAY, WUTONGLI, Story, given, then_recorded, when
from tests.ledger.vote_words import ballot, deliver, many, register_of, unit


@pytest.fixture(autouse=True)
def told(a_story: Story) -> Story:
    """梧桐里 with five units; the owner of 3-101 disagreed, the vote was closed."""
    given(*register_of(unit("3-101", owner="lin"), unit("3-102", owner="wu"), *many(3)))
    when(open_vote("lift-3"))
    then_recorded()
    when(deliver("3-101", "3-102"))
    then_recorded()
    given(ballot("3-101", "disagree"), ballot("3-102"), ballot("u-1"))
    when(CloseVote(decision="lift-3"), by="the-chair", on=SPRING)
    then_recorded()
    return a_story


def own(told: Story, name: str = "3-101", *, decision: str | None = None, auditor: bool = False):
    found = of_unit(told.store, told.vault, WUTONGLI, name, decision=decision, restricted=auditor)
    return list(found)


def opened(record: OwnRecord) -> dict[str, str]:
    """What anybody reads who checks each disclosure against the entry, as the standard says (RFC 9901)."""
    values = {}
    for one in record.disclosures:
        digest = (
            base64.urlsafe_b64encode(hashlib.sha256(one.disclosure.encode()).digest()).decode().rstrip("=")
        )
        assert digest == one.digest
        assert f'{{"_sd":"{digest}"}}' in record.entry
        assert one.record == record.record
        _, name, value = json.loads(
            base64.urlsafe_b64decode(one.disclosure + "=" * (-len(one.disclosure) % 4))
        )
        assert one.path.rpartition("/")[2] == name
        values[one.path] = value
    return values


def test_the_own_ballot_stands_in_the_log_before_the_record_that_counted_it(told: Story):
    cast, closed = [one for one in own(told, decision="lift-3") if one.kind in ("ballot.cast", "vote.closed")]
    assert (cast.kind, closed.kind) == ("ballot.cast", "vote.closed")
    assert opened(cast) == {"unit": "3-101", "choice": "disagree"}
    assert cast.record < closed.record


def test_the_bytes_are_those_of_the_leaf(told: Story):
    for one in own(told):
        (row,) = told.store.ledger_rows(WUTONGLI, one.record - 1, 1)
        assert one.entry.encode() == row.entry
        assert leaf_hash(one.entry.encode()).hex() == one.leaf_hash


def test_of_a_record_about_many_only_the_own_part_is_opened(told: Story):
    records = own(told)
    registered = next(one for one in records if one.kind == "units.registered")
    assert opened(registered) == {"units/0/owner_ref": "lin"}
    (paper,) = [one for one in records if one.kind == "ballots.delivered"]
    assert opened(paper) == {"units/0": "3-101"}
    shown = json.dumps([opened(one) for one in records])
    assert "3-102" not in shown
    assert "wu" not in shown


def test_an_owner_does_not_get_the_ballots_of_the_owner_before(told: Story):
    sold = TransferUnit(
        unit="3-101",
        transferred_on=TODAY,
        owner_ref="zhao",
        first_deposit_fen=0,
        balance_fen=0,
        proof="2026-1",
    )
    when(sold, by="the-secretary")
    then_recorded()
    records = own(told)
    assert [one.kind for one in records] == ["unit.transferred"]
    assert opened(records[0]) == {"owner_ref": "zhao"}


def test_what_was_locked_away_only_the_auditor_gives_out(told: Story):
    when(erase("3-101"))
    then_recorded()
    assert own(told, decision="lift-3") == []
    assert [one.kind for one in own(told, decision="lift-3", auditor=True)] == [
        "ballots.delivered", "ballot.cast", "vote.closed",
    ]  # fmt: skip


def test_a_unit_that_is_not_registered_is_unknown(told: Story):
    with pytest.raises(Refused, match=r"unit\.unknown"):
        own(told, "9-999")


def test_what_does_not_make_the_digest_is_given_to_nobody(told: Story):
    kept = told.vault.kept(told.vault.commitments("wutongli/unit/3-101"))
    choice = next(one for one in kept.values() if one.name == "choice")
    told.vault._run("DELETE FROM vault WHERE commitment = ?", choice.commitment)
    told.vault.keep([choice._replace(disclosure=choice.disclosure[:-2] + "AA")])
    with pytest.raises(StoreDamaged, match=r"vault\.altered"):
        own(told)
