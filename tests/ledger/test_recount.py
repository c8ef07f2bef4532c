"""A closed vote counted again by the auditor: the totals in the open are what the ballots say."""

from datetime import date

import pytest
from msgspec.structs import replace

from ledger.actions.decision import VoteClosed
from ledger.actions.vote_result import CloseVote
from ledger.errors import Refused, StoreDamaged
from ledger.recount import Recount, recount
from ledger.store.vault import Kept, value_of
from tests.ledger.asked import open_vote
from tests.ledger.happened import SPRING
from tests.ledger.secret_words import erase
from tests.ledger.story import WUTONGLI, Fact, Story, given, then_recorded, when
from tests.ledger.vote_words import ballots, cast, many, register_of


@pytest.fixture(autouse=True)
def told(a_story: Story) -> Story:
    """Four of five agree; one of them handed in a second ballot, which does not count."""
    given(*register_of(*many(5)))
    when(open_vote("lift-3"))
    then_recorded()
    given(*ballots({"agree": 4, "disagree": 1}))
    when(cast("u-1", "disagree"))
    then_recorded()
    return a_story


def close() -> None:
    when(CloseVote(decision="lift-3"), by="the-chair", on=SPRING)
    then_recorded()


def counted_again(told: Story, decision: str = "lift-3") -> Recount:
    return recount(told.store, told.vault, WUTONGLI, decision)


def test_the_ballots_come_to_what_was_recorded(told: Story):
    close()
    found = counted_again(told)
    assert (found.differences, found.ballots, found.number) == ([], 5, told.store.length(WUTONGLI) - 1)
    assert found.counted.totals is not None
    assert (found.counted.totals.agree.heads, found.counted.totals.disagree.heads) == (4, 1)


def test_totals_that_are_not_those_of_the_ballots_are_found(told: Story):
    close()
    sound = counted_again(told).recorded
    assert sound.totals is not None
    given(vote_said(sound))
    closed_twice = recount(told.store, told.vault, WUTONGLI, "lift-3")
    assert closed_twice.differences == []  # the first closing is the one that counts
    lied = Recount(9, vote_said(sound).event, sound, 5)  # type: ignore[arg-type]
    assert lied.differences == ["approved", "totals"]


def vote_said(sound: VoteClosed) -> Fact:
    totals = sound.totals
    assert totals is not None
    changed = replace(totals, agree=replace(totals.agree, heads=1), disagree=totals.agree)
    return Fact(replace(sound, totals=changed, approved=not sound.approved), "chair")


def test_a_choice_exchanged_in_the_vault_is_found_although_it_opens(told: Story):
    """Whoever has the key of the vault may seal another choice; it does not make the digest in the log."""
    close()
    commitment, kept = next(
        (digest, one)
        for person in [f"wutongli/unit/u-{n}" for n in range(2, 5)]
        for digest, one in told.vault.kept(told.vault.commitments(person)).items()
        if one.name == "choice"
    )
    assert value_of(kept.disclosure) == "agree"
    other = told.vault.disclosed(next(iter(told.vault.commitments("wutongli/unit/u-5"))))
    assert other is not None
    told.vault._run("DELETE FROM vault WHERE commitment = ?", commitment)
    told.vault.keep([Kept(commitment, kept.subject, "choice", other)])
    with pytest.raises(StoreDamaged, match=r"vault\.altered"):
        counted_again(told)


def test_a_vote_that_is_not_closed_cannot_be_recounted(told: Story):
    with pytest.raises(Refused, match=r"vote\.not-closed"):
        counted_again(told)
    with pytest.raises(Refused, match=r"vote\.unknown"):
        counted_again(told, "never-opened")


def test_once_a_ballot_is_erased_no_recount_pretends_to_be_whole(told: Story):
    close()
    when(erase("u-2"), on=date(2027, 11, 22))
    then_recorded()
    with pytest.raises(Refused, match=r"vote\.ballot-erased"):
        counted_again(told)


def test_locked_away_ballots_are_still_counted(told: Story):
    close()
    when(erase("u-2"))
    then_recorded()
    assert counted_again(told).differences == []
