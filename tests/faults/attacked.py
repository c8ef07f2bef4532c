"""梧桐里 under attack: an office whose log three witnesses watch, whoever holds its key, and a resident."""

from collections.abc import Sequence
from pathlib import Path

from ledger.asked import Asked
from ledger.envelope import leaf_hash
from ledger.store.records import Receipt
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.merkle import (
    ProofInvalid,
    check_consistency,
    consistency_proof,
    inclusion_proof,
    root_of,
)
from ledger.transparency.note import Note, SigningKey, parsed, signed
from ledger.transparency.policy import policy_of
from ledger.transparency.proof import Proof
from ledger.transparency.tiles import hashes_from
from ledger.verifier import verify
from tests.ledger.happened import building_registered
from tests.ledger.story import TODAY, WUTONGLI, Happened, account_of
from tests.ledger.transparency.publishing import Office
from tests.ledger.transparency.test_merkle import hashes_of
from tests.ledger.transparency.watched import Next, a_witness, body

NAMES = ("street", "audit", "neighbour")


class Watched(Office):
    """An office of which readers want two of three witnesses; what they saw lies with them, not with it."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        (signer,) = self.signing.keys().signers(WUTONGLI)
        self.witnesses = []
        for name in NAMES:
            watching = a_witness(folder / name, f"{name}.example.cn", lambda: self.now, signer)  # type: ignore[arg-type]
            self.witnesses.append(Next(watching))
        lines = [f"witness {name} {one.key}" for name, one in zip(NAMES, self.witnesses, strict=True)]
        policy = "\n".join([*lines, f"group most 2 {' '.join(NAMES)}", "quorum most\n"]).encode()
        clients = dict(zip(NAMES, self.witnesses, strict=True))
        self.signing = self.signing._replace(policy=policy, clients=clients)

    def receipt(self) -> Receipt:
        """One more record, and the receipt its author is given."""
        fact = building_registered("the-one-they-leave-out")
        happened = Happened(event=fact.event, occurred_on=fact.on)
        return self.story.ledger.record(Asked(WUTONGLI, happened, account_of(fact.by), TODAY))

    def entries(self) -> list[bytes]:
        return [row.entry for row in self.story.store.ledger_rows(WUTONGLI, -1, 10_000)]

    def shown(self) -> Note:
        raw = self.log.checkpoint()
        assert raw is not None
        return parsed(raw)

    def proof(self, number: int) -> bytes:
        """The `.tlog-proof` a resident downloads."""
        size = self.seen().size
        hashes = inclusion_proof(number, size, hashes_from(self.log.read, size))
        return str(Proof(number, tuple(hashes), str(self.shown()))).encode()


class KeyHolder:
    """Holds the log's key, and signs whatever history it likes, past every guard of ours."""

    def __init__(self, office: Watched, key: SigningKey | None = None) -> None:
        self.office = office
        self.key = key or office.signing.keys().signers(WUTONGLI)[0]

    def note(self, entries: Sequence[bytes]) -> Note:
        leaves = [leaf_hash(entry) for entry in entries]
        return signed(Checkpoint(self.office.key.name, len(leaves), root_of(leaves)).text, [self.key])

    def growth(self, entries: Sequence[bytes]) -> list[bytes]:
        """The proof that a history extends what is shown, where it does."""
        leaves = [leaf_hash(entry) for entry in entries]
        return consistency_proof(self.office.seen().size, len(leaves), hashes_of(leaves))

    def asks_all(self, entries: Sequence[bytes], old: int | None = None) -> list[int]:
        """What every witness answers to a history, with the proof that is right for it."""
        size = len(entries)
        old = self.office.seen().size if old is None else old
        leaves = [leaf_hash(entry) for entry in entries]
        proof = consistency_proof(min(old, size), size, hashes_of(leaves))
        asked = body(old, proof, self.note(entries))
        return [one.witness.add_checkpoint(asked).status for one in self.office.witnesses]

    def is_believed(self, note: Note) -> bool:
        """Whether a reader with the office's policy takes a note for the log's."""
        policy = policy_of(self.office.signing.policy_of_log(WUTONGLI, [self.office.key]))
        found = note.signed_by([self.office.key, *policy.witness_keys])
        return self.office.key in found and policy.is_met_by(found)


class Resident:
    """Checks with the one-file verifier, with the key from the notice board and what was kept."""

    def __init__(self, office: Watched) -> None:
        self.office, self.kept = office, str(office.shown())
        policy = office.signing.policy_of_log(WUTONGLI, [office.key])
        self.wanted = verify.Wanted(verify.key_of(str(office.key)), verify.Policy(policy))

    def checks(
        self, proof: bytes, entry: bytes, receipt: Receipt | None = None, later: float = 60
    ) -> tuple[dict[str, str], set[str]]:
        """The levels that fail, with what is said of all; `later`: so many seconds after now."""
        lines = receipt.events if receipt else ()
        wanted = self.wanted._replace(
            receipts=tuple((line.ledger, line.number, line.leaf_hash) for line in lines),
            now=self.office.now + later,
        )
        report = verify.check_proof(proof, entry, wanted)
        levels = report.levels.values()
        failed = {level.name: level.state for level in levels if level.state == "fail"}
        return failed, {code for level in levels for _, code, _ in level.said}

    def compares(self, note: Note) -> str:
        """What the checkpoint shown now is to the one kept, by the proof the log gives."""
        kept, shown = checkpoint_of(parsed(self.kept.encode()).text), checkpoint_of(note.text)
        if shown.size < kept.size:
            return "shrunk"
        leaves = [leaf_hash(one) for one in self.office.entries()[: shown.size]]
        hashes = consistency_proof(kept.size, shown.size, hashes_of(leaves))
        try:
            check_consistency(kept.size, shown.size, hashes, kept.root, shown.root)
        except ProofInvalid:
            return "another history"
        return "grown" if shown.size > kept.size else "the same"
