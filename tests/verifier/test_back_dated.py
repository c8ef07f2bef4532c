"""A record dated long before it was made: the witnesses' times say between when it really came."""

from pathlib import Path

from ledger.envelope import canonical
from ledger.verifier import verify
from tests.verifier.packs import LOG_KEY, SEEN_AT, WITNESSES, PackToTest, policy

AN_HOUR = 3600


def test_an_entry_dated_back_is_recorded_late_between_the_times_witnesses_saw_the_log(
    sound: PackToTest, tmp_path: Path
) -> None:
    pack = sound.copy()
    number = len(pack.entries)
    before = pack.checkpoint(witnesses=WITNESSES, at=SEEN_AT)
    slipped_in = pack.record(-1) | {"id": "019902e5-35c0-73f4-ba20-dddddddddddd", "occurred_on": "2019-03-12"}
    pack.entries = [*pack.entries, canonical(slipped_in)]
    pack.sealed(witnesses=WITNESSES, needed=2)
    after = pack.checkpoint(witnesses=WITNESSES, at=SEEN_AT + AN_HOUR)
    pack.files["log/checkpoint"] = str(after).encode()
    pack.files["log/checkpoints.log"] = f"{before}\n{after}\n".encode()
    where = pack.relisted().zipped(tmp_path / "pack.zip")
    trusted = verify.Policy(policy(WITNESSES, 2))
    wanted = verify.Wanted(verify.key_of(str(LOG_KEY.vkey)), trusted, now=SEEN_AT + 2 * AN_HOUR)
    report = verify.Audit(verify.Pack(where), wanted).run()
    (late,) = [about for _, code, about in report["times"].said if code == "times.late"]
    assert (late["record"], late["between"]) == (number, "2026-11-20 01:47 UTC – 2026-11-20 02:47 UTC")
