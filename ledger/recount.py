"""A closed vote counted again by the auditor, from the ballots as they stand in the log and in the vault."""

from typing import NamedTuple

from ledger.actions.ballot import Ballots
from ledger.actions.decision import Decision, VoteClosed
from ledger.actions.vote_result import outcome, to_be_opened
from ledger.actors import Actor, digest_of
from ledger.errors import Refused, StoreDamaged
from ledger.events import Event, Recorded
from ledger.store.port import Store
from ledger.store.vault import Vault, value_of


class Recount(NamedTuple):
    """What was recorded under a number, what the ballots come to, and how many they are."""

    number: int
    recorded: VoteClosed
    counted: VoteClosed
    ballots: int

    @property
    def differences(self) -> list[str]:
        """The fields in which the record is not what the ballots say."""
        names = VoteClosed.__struct_fields__
        return [name for name in names if getattr(self.recorded, name) != getattr(self.counted, name)]


def recount(store: Store, vault: Vault, ledger: str, decision: str) -> Recount:
    """Open every ballot, check that it is the one in the log, and count.

    Errors: `Refused` for a vote that is unknown, not closed, or was erased in part; `StoreDamaged` naming the
    value in the vault that is not the one that was cast.
    """
    known, ballots = Decision(decision), Ballots(decision)
    closed = _known_until_closed(store, ledger, known)
    for cast in store.tagged(ledger, f"{Ballots.subject}:{decision}", 0):
        if cast.number < closed.number:
            ballots.evolve(cast)
    kept = vault.kept(to_be_opened(known, ballots))
    for commitment, one in kept.items():
        if digest_of(one.disclosure) != commitment:
            raise StoreDamaged("vault.altered", commitment=commitment)
    disclosed = {commitment: value_of(one.disclosure) for commitment, one in kept.items()}
    auditor = Actor("", b"", "auditor", disclosed=disclosed)
    assert isinstance(closed.data, VoteClosed)  # noqa: S101
    return Recount(closed.number, closed.data, outcome(known, ballots, auditor), len(ballots.cast))


def _known_until_closed(store: Store, ledger: str, known: Decision) -> Recorded[Event]:
    """Let the decision know everything up to its closing, which is returned."""
    for step in store.tagged(ledger, f"{Decision.subject}:{known.identity}", 0):
        if isinstance(step.data, VoteClosed):
            return step
        known.evolve(step)
    known.open_vote()
    raise Refused("vote.not-closed", decision=known.identity)
