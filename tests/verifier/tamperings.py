"""What somebody may do to a pack, and what must come of it: which level fails, and which record is named."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from ledger.envelope import canonical
from tests.verifier.packs import OTHER_KEY, PackToTest, declared, rotated

Found = tuple[str, int | None]


class Tampering(NamedTuple):
    """`done` changes a pack and says which level must fail and which record must be named, if one can be."""

    name: str
    done: Callable[[PackToTest], Found]


# -- somebody without the key, on the files as they are ------------------------------------------------------

COLUMNS: dict[str, Callable[[Any], Any]] = {
    "by": lambda record: record["by"].update(role="operator"),
    "who": lambda record: record["by"].update(who={"_sd": "A" * 43}),
    "data": lambda record: record["data"].update(amount_fen=record["data"]["amount_fen"] + 1),
    "id": lambda record: record.update(id="019902e5-35c0-73f4-ba20-ffffffffffff"),
    "kind": lambda record: record.update(kind="fund-interest.recorded"),
    "ledger": lambda record: record.update(ledger="xinghuali"),
    "occurred_on": lambda record: record.update(occurred_on="2025-12-31"),
    "postings": lambda record: record["postings"].reverse(),
    "recorded_at": lambda record: record.update(recorded_at=record["recorded_at"].replace("000Z", "001Z")),
    "rules": lambda record: record.update(rules=["cn/2020-01-01"]),
    "schema": lambda record: record.update(schema=2),
    "source": lambda record: record.update(source={"via": "page"}),
    "tags": lambda record: record.update(tags=["fund:working"]),
    "v": lambda record: record.update(v=2),
    "note": lambda record: record.update(note="漏记一笔"),
    "basis": lambda record: record.update(basis=[{"kind": "decision", "ref": "2026-07"}]),
    "irregularities": lambda record: record.update(irregularities=["FUND-14"]),
}


def _payment(pack: PackToTest) -> int:
    return pack.number("fund-payment.recorded")


def _column(name: str) -> Callable[[PackToTest], Found]:
    def done(pack: PackToTest) -> Found:
        number = _payment(pack)
        before = pack.entries[number]
        pack.change(number, COLUMNS[name])
        assert pack.entries[number] != before
        return "tree", number

    return done


def _entries(changed: Callable[[list[bytes]], None], first: int) -> Callable[[PackToTest], Found]:
    def done(pack: PackToTest) -> Found:
        entries = pack.entries
        changed(entries)
        pack.entries = entries
        return "tree", first

    return done


def _swap(entries: list[bytes]) -> None:
    entries[40], entries[60] = entries[60], entries[40]


def _reorder(entries: list[bytes]) -> None:
    entries[30:50] = reversed(entries[30:50])


def _file(name: str, at: int, level: str, record: int | None) -> Callable[[PackToTest], Found]:
    """One bit of a file turned."""

    def done(pack: PackToTest) -> Found:
        raw = bytearray(pack.files[name])
        raw[at] ^= 1
        pack.files[name] = bytes(raw)
        return level, record

    return done


def _without(name: str, level: str) -> Callable[[PackToTest], Found]:
    def done(pack: PackToTest) -> Found:
        del pack.files[name]
        return level, None

    return done


def _line(name: str, line: int, text: bytes) -> Callable[[PackToTest], Found]:
    """A line of the checkpoint replaced."""

    def done(pack: PackToTest) -> Found:
        lines = pack.files[name].split(b"\n")
        lines[line] = text
        pack.files[name] = b"\n".join(lines)
        return "signature", None

    return done


def _foreign_key(pack: PackToTest) -> Found:
    pack.sealed(OTHER_KEY)
    return "signature", None


def _cut(pack: PackToTest) -> Found:
    pack.entries = pack.entries[:-3]
    pack.listed()
    return "tree", len(pack.entries)


def _past(pack: PackToTest) -> Found:
    """An older checkpoint, signed with the key, that never was."""
    forged = pack.copy()
    forged.change(50, lambda record: record.update(note="另一段历史"))
    pack.files["log/checkpoints.log"] = str(forged.checkpoint(200)).encode() + b"\n"
    return "grown", None


# -- an operator who keeps the key and seals everything anew -------------------------------------------------


def _resealed(
    level: str, kind: str, changed: Callable[[Any], Any], **members: object
) -> Callable[[PackToTest], Found]:
    def done(pack: PackToTest) -> Found:
        number = pack.number(kind, **members)
        pack.change(number, changed)
        pack.sealed()
        return level, number

    return done


def _bytes(level: str, changed: Callable[[bytes], bytes]) -> Callable[[PackToTest], Found]:
    """The bytes of a payment written otherwise."""

    def done(pack: PackToTest) -> Found:
        number, entries = _payment(pack), pack.entries
        entries[number] = changed(entries[number])
        pack.entries = entries
        pack.sealed()
        return level, number

    return done


def _replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def changed(entry: bytes) -> bytes:
        assert old in entry
        return entry.replace(old, new, 1)

    return changed


def _too_long(pack: PackToTest) -> Found:
    """No bundle can hold it, so no log either."""
    number, entries = _payment(pack), pack.entries
    entries[number] = entries[number].replace(b'"data":{', b'"data":{"a":"' + b"x" * 66_000 + b'",')
    pack.entries = entries
    pack.listed()
    return "canonical", number


def _again(pack: PackToTest) -> Found:
    entries = pack.entries
    pack.entries = [*entries, entries[pack.number("entry.reversed")].replace(b'"id":"0', b'"id":"1')]
    pack.sealed()
    return "replay", len(entries)


def _twice(pack: PackToTest) -> Found:
    entries = pack.entries
    entries.append(entries[-1])
    pack.entries = entries
    pack.sealed()
    return "numbers", len(entries) - 1


def _back(pack: PackToTest) -> Found:
    number = _payment(pack)
    pack.change(number, lambda record: record.update(recorded_at="2025-09-01T01:30:00.000Z"))
    pack.sealed()
    return "times", number


def _overdrawn(pack: PackToTest) -> Found:
    def changed(record: Any) -> None:
        fen = 10**12
        record["data"]["amount_fen"] = fen
        record["postings"] = [[name, fen if was > 0 else -fen] for name, was in record["postings"]]

    number = _payment(pack)
    pack.change(number, changed)
    pack.sealed()
    return "replay", number


def _statement(pack: PackToTest) -> tuple[int, str]:
    number = pack.number("disclosure.published", table="T1")
    said = pack.record(number)["data"]
    return number, f"statements/{said['disclosure']}/{said['version']}/statement.json"


def _statement_changed(pack: PackToTest) -> Found:
    number, name = _statement(pack)
    pack.files[name] = pack.files[name].replace(b'"closing":', b'"closing":1', 1)
    pack.relisted()
    return "replay", number


def _paper_changed(pack: PackToTest) -> Found:
    number, name = _statement(pack)
    pack.files[name.replace("statement.json", "paper.pdf")] += b"\n"
    pack.relisted()
    return "replay", number


def _statement_gone(pack: PackToTest) -> Found:
    number, name = _statement(pack)
    del pack.files[name]
    pack.relisted()
    return "replay", number


def _figure(table: str, figure: str) -> Callable[[PackToTest], Found]:
    """A statement that says one fen more, approved, published and listed as if it were right."""

    def done(pack: PackToTest) -> Found:
        number = pack.number("disclosure.published", table=table)
        said = pack.record(number)["data"]
        name = f"statements/{said['disclosure']}/{said['version']}/statement.json"
        statement = json.loads(pack.files[name])
        statement["figures"][figure] += 1
        pack.files[name] = canonical(statement, 2**31)
        digest = hashlib.sha256(pack.files[name]).hexdigest()
        entries = [one.replace(said["statement_sha256"].encode(), digest.encode()) for one in pack.entries]
        pack.entries = entries
        pack.sealed()
        return "replay", number

    return done


def _attachment(pack: PackToTest) -> Found:
    name = min(name for name in pack.files if name.startswith("attachments/"))
    pack.files[name] += b"\n"
    pack.relisted()
    return "files", pack.number("building.registered", building="99")


def _attachment_of_nobody(pack: PackToTest) -> Found:
    content = b"%PDF-foreign"
    pack.files[f"attachments/{hashlib.sha256(content).hexdigest()}.pdf"] = content
    pack.relisted()
    return "files", None


def _disclosure(pack: PackToTest) -> Found:
    """Another value, under the salt and the digest of the true one."""
    first, *rest = pack.files["disclosures.jsonl"].split(b"\n")
    shown = json.loads(first)
    raw = shown["disclosure"]
    salt, name, _ = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    forged = base64.urlsafe_b64encode(canonical([salt, name, "另一个.pdf"])).rstrip(b"=").decode()
    pack.files["disclosures.jsonl"] = b"\n".join([canonical(shown | {"disclosure": forged}), *rest])
    pack.relisted()
    return "disclosures", shown["record"]


def _disclosure_elsewhere(pack: PackToTest) -> Found:
    first, *rest = pack.files["disclosures.jsonl"].split(b"\n")
    shown = json.loads(first) | {"record": 5}
    pack.files["disclosures.jsonl"] = b"\n".join([canonical(shown), *rest])
    pack.relisted()
    return "disclosures", 5


def _profile(pack: PackToTest) -> Found:
    """The amount may be withheld, says a profile the book does not name."""
    profile = json.loads(pack.files["profile.json"])
    profile["fund-payment.recorded"].append("amount_fen")
    pack.files["profile.json"] = canonical(profile)
    pack.sealed()
    return "profile", pack.number("log.declared")


def _key_not_declared(pack: PackToTest) -> Found:
    pack.entries = pack.entries[:-1]
    declared(pack, OTHER_KEY)
    pack.sealed()
    return "signature", None


def _key_slipped_in(pack: PackToTest) -> Found:
    """Another key is declared as if it had always been the one."""
    declared(pack, OTHER_KEY)
    pack.sealed(OTHER_KEY)
    return "signature", len(pack.entries) - 1


def _key_taken_over(pack: PackToTest) -> Found:
    """Whoever holds the new key says it is the new one; the old key signs nothing of the kind."""
    rotated(pack, by_both=False)
    return "signature", pack.number("log-key.rotated")


def _key_rotated_from_another(pack: PackToTest) -> Found:
    rotated(pack)
    number = pack.number("log-key.rotated")
    pack.change(number, lambda record: record["data"].update(old_key=record["data"]["new_key"]))
    pack.sealed(OTHER_KEY)
    return "signature", number


HIDDEN = {"_sd": "B" * 43}
WITHOUT_KEY = [
    *(Tampering(f"{name} of a record changed", _column(name)) for name in COLUMNS),
    Tampering("a record deleted", _entries(lambda entries: entries.pop(77), 77)),
    Tampering("a record inserted", _entries(lambda entries: entries.insert(77, entries[12]), 77)),
    Tampering("two records swapped", _entries(_swap, 40)),
    Tampering("records reordered", _entries(_reorder, 30)),
    Tampering("the newest records cut off", _cut),
    Tampering("a tile changed", _file("log/tile/0/000", 32 * 123 + 4, "tree", 123)),
    Tampering("a tile above changed", _file("log/tile/1/000.p/1", 4, "tree", 0)),
    Tampering("a bundle changed", _file("log/tile/entries/000", 100, "tree", 0)),
    Tampering("a tile gone", _without("log/tile/0/000", "tree")),
    Tampering("a leaf hash changed", _file("leaves.txt", 65 * 9, "tree", 9)),
    Tampering("the root changed", _line("log/checkpoint", 2, base64.b64encode(b"r" * 32))),
    Tampering("the size changed", _line("log/checkpoint", 1, b"200")),
    Tampering("the name of the log changed", _line("log/checkpoint", 0, b"ming.example/t/xinghuali")),
    Tampering("the checkpoint gone", _without("log/checkpoint", "signature")),
    Tampering("another key", _foreign_key),
    Tampering("an older checkpoint that never was", _past),
    Tampering("a statement changed", _statement_changed),
    Tampering("a statement gone", _statement_gone),
    Tampering("a paper changed", _paper_changed),
    Tampering("an attachment changed", _attachment),
    Tampering("an attachment nobody named", _attachment_of_nobody),
    Tampering("the list of attachments changed", _file("attachments.csv", 3, "files", None)),
    Tampering("a disclosure of another value", _disclosure),
    Tampering("a disclosure of another record", _disclosure_elsewhere),
]
WITH_KEY = [
    Tampering(
        "an amount hidden",
        _resealed("profile", "fund-payment.recorded", lambda one: one["data"].update(amount_fen=HIDDEN)),
    ),
    Tampering(
        "a payee hidden",
        _resealed("profile", "fund-payment.recorded", lambda one: one["data"].update(payee=HIDDEN)),
    ),
    Tampering(
        "a posting hidden",
        _resealed("replay", "fund-payment.recorded", lambda one: one.update(postings=[HIDDEN])),
    ),
    Tampering(
        "a tag hidden", _resealed("profile", "fund-payment.recorded", lambda one: one.update(tags=[HIDDEN]))
    ),
    Tampering(
        "a kind nobody knows",
        _resealed("profile", "fund-payment.recorded", lambda one: one.update(kind="fund-payment.hidden")),
    ),
    Tampering(
        "a public attachment hidden",
        _resealed(
            "profile",
            "building.registered",
            lambda one: one["attachments"][0].update(name=HIDDEN),
            building="99",
        ),
    ),
    Tampering(
        "an unbalanced record",
        _resealed("replay", "fund-payment.recorded", lambda one: one["postings"][0].__setitem__(1, -1)),
    ),
    Tampering(
        "an amount beside its postings",
        _resealed("replay", "fund-payment.recorded", lambda one: one["data"].update(amount_fen=1)),
    ),
    Tampering("a bank below zero", _overdrawn),
    Tampering(
        "a vote that passed without passing",
        _resealed(
            "replay",
            "vote.closed",
            lambda one: one["data"].update(approved=True, quorum_met=True, failed_dimensions=[]),
            approved=False,
        ),
    ),
    Tampering(
        "a vote with more votes",
        _resealed(
            "replay",
            "vote.closed",
            lambda one: one["data"]["totals"]["agree"].update(heads=99_999),
            decision="lift-3",
        ),
    ),
    Tampering("a reversal again", _again),
    Tampering(
        "a reversal of less",
        _resealed(
            "replay",
            "entry.reversed",
            lambda one: one.update(postings=[[name, fen // 2] for name, fen in one["postings"]]),
        ),
    ),
    Tampering("an id twice", _twice),
    Tampering(
        "a record of another book",
        _resealed("numbers", "fund-payment.recorded", lambda one: one.update(ledger="xinghuali")),
    ),
    Tampering(
        "a second opening",
        _resealed("numbers", "fund-payment.recorded", lambda one: one.update(kind="ledger.opened")),
    ),
    Tampering("time that goes back", _back),
    Tampering("a float", _bytes("canonical", _replaced(b'"schema":1', b'"schema":1.0'))),
    Tampering("an exponent", _bytes("canonical", _replaced(b'"schema":1', b'"schema":1e0'))),
    Tampering("a space", _bytes("canonical", _replaced(b'"schema":1', b'"schema": 1'))),
    Tampering("members in another order", _bytes("canonical", _replaced(b'"by":', b'"cy":'))),
    Tampering("a member twice", _bytes("canonical", _replaced(b'"v":1', b'"v":2,"v":1'))),
    Tampering("a null", _bytes("canonical", _replaced(b'"schema":1', b'"schema":null'))),
    Tampering("an escape", _bytes("canonical", _replaced(b'"kind":"fund', b'"kind":"\\u0066und'))),
    Tampering("too deep", _bytes("canonical", _replaced(b'"data":{', b'"data":{"a":[[[[[[[[1]]]]]]]],'))),
    Tampering("deeper than any parser goes", _bytes("canonical", lambda entry: b"[" * 60_000)),
    Tampering(
        "a number too large", _bytes("canonical", _replaced(b'"data":{', b'"data":{"a":9007199254740993,'))
    ),
    Tampering(
        "text that is not normal",
        _bytes("canonical", _replaced(b'"data":{', '"data":{"a":"e\u0301",'.encode())),
    ),
    Tampering(
        "a member name that is not ASCII",
        _bytes("canonical", _replaced(b'"data":{', '"data":{"额":1,'.encode())),
    ),
    Tampering("not UTF-8", _bytes("canonical", _replaced(b'"data":{', b'"data":{"a":"\xff",'))),
    Tampering("too long", _too_long),
    Tampering(
        "a member nobody knows",
        _resealed("canonical", "fund-payment.recorded", lambda one: one.update(zzz=1)),
    ),
    Tampering(
        "a version nobody knows", _resealed("canonical", "fund-payment.recorded", lambda one: one.update(v=2))
    ),
    Tampering(
        "a record without a kind",
        _resealed("canonical", "fund-payment.recorded", lambda one: one.pop("kind")),
    ),
    Tampering("a figure of T1", _figure("T1", "closing")),
    Tampering("a figure of T3", _figure("T3", "spending")),
    Tampering("another profile", _profile),
    Tampering("a key the book does not name", _key_not_declared),
    Tampering("a key slipped in", _key_slipped_in),
    Tampering("a key taken over by whoever holds the next", _key_taken_over),
    Tampering("a key in the place of one that never was", _key_rotated_from_another),
]
