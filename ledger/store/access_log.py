"""Who looked at personal data, when and at what: written before it is shown, chained so that no line goes.

A line names the reader under the reader's own key: who was erased is named nowhere, and the chain holds.
"""

import hmac
from datetime import datetime
from typing import Any, NamedTuple

from ledger.envelope import canonical
from ledger.errors import StoreDamaged
from ledger.store.keyring import KeyRing
from ledger.store.vault_database import Run, VaultDatabase
from ledger.store.vault_key import derived, sealed, unsealed

YEARS_KEPT = 3  # PIPL 56: records of what was done with personal data, at least three years
ACCESSES_AT_ONCE = 1_000
_COLUMNS = "number, at, ledger, subject, who, role, reading, about, oldest, link"


class Access(NamedTuple):
    """One look: `who` is none once that person was erased; `about`: what was asked for, as it was asked."""

    number: int
    at: str
    ledger: str
    who: str | None
    role: str
    reading: str
    about: str


class AccessLog:
    """The access log of a vault, for all ledgers; lines older than three years go."""

    def __init__(self, database: VaultDatabase, ring: KeyRing) -> None:
        self._database = database
        self._ring = ring

    def write(self, ledger: str, account: str, role: str, reading: str, about: str, at: datetime) -> int:
        """Write one look down, durably; its number in the log. Nothing is shown before this returns."""
        key = self._ring.find(account)
        if key is None:
            self._ring.make([account])  # a reader at the command line may be nobody's account yet
            key = self._ring.find(account) or b""
        when, tag = at.isoformat(timespec="milliseconds"), self._ring.tag(account)

        def writing(run: Run) -> int:
            ((last, link),) = run("SELECT accesses, link FROM secret")
            number = int(last) + 1
            place = f"access/{number}".encode()
            run("DELETE FROM access WHERE at < ?", when.replace(when[:4], f"{at.year - YEARS_KEPT:04}", 1))
            ((oldest,),) = run("SELECT min(number) FROM access")
            row = (
                number, when, ledger, tag, sealed(derived(key, "access"), account.encode(), place),
                role, reading, sealed(self._ring.secret("access"), about.encode(), place),
                oldest or number,
            )  # fmt: skip
            link = self._link(bytes(link), row)
            run(f"INSERT INTO access ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *row, link)
            run("UPDATE secret SET accesses = ?, link = ?", number, link)
            return number

        return self._database.in_turn(writing)

    def of(self, ledger: str, before: int | None = None, limit: int = 100) -> list[Access]:
        """The looks at one ledger, newest first, before a number if one is given."""
        self._ring.secret("access")
        sql = (
            f"SELECT {_COLUMNS}, (SELECT sealed FROM subject s WHERE s.subject = access.subject)"
            " FROM access WHERE ledger = ? AND number < ? ORDER BY number DESC LIMIT ?"
        )
        rows = self._database.run(sql, ledger, 2**62 if before is None else before, limit)
        return [self._opened(row) for row in rows]

    def check(self) -> int:
        """Follow the chain from the oldest line kept; how many lines. Errors: `StoreDamaged` naming one."""
        self._ring.secret("access")
        ((last, newest),) = self._database.run("SELECT accesses, link FROM secret")
        number, link, lines, oldest, first = None, b"", 0, 0, 0
        while True:
            sql = f"SELECT {_COLUMNS} FROM access WHERE number > ? ORDER BY number LIMIT ?"
            rows = self._database.run(sql, -1 if number is None else number, ACCESSES_AT_ONCE)
            for row in rows:
                here = bytes(row[9])
                wanted = here if number is None and row[0] > 1 else self._link(link or bytes(32), row[:9])
                if (number is not None and row[0] != number + 1) or here != wanted:
                    raise StoreDamaged("access-log.altered", number=row[0])
                number, link, lines, oldest, first = row[0], here, lines + 1, row[8], first or row[0]
            if not rows:
                break
        if last and (number, link, oldest) != (last, bytes(newest), first):
            raise StoreDamaged("access-log.altered", number=last)
        return lines

    def _link(self, before: bytes, row: tuple[Any, ...]) -> bytes:
        """What ties a line to the one before, with a secret: whoever edits rows cannot tie them anew."""
        shown = [bytes(value).hex() if isinstance(value, bytes | memoryview) else value for value in row]
        return hmac.digest(self._ring.secret("chain"), before + canonical(shown), "sha256")

    def _opened(self, row: tuple[Any, ...]) -> Access:
        number, at, ledger, tag, who, role, reading, about, _, _, wrapped = row
        place, reader = f"access/{number}".encode(), None
        if wrapped is not None:
            key = self._ring.opened(bytes(tag), wrapped).key
            reader = unsealed(derived(key, "access"), bytes(who), place)
        asked = unsealed(self._ring.secret("access"), bytes(about), place)
        if asked is None:
            raise StoreDamaged("access-log.altered", number=number)
        who_reads = None if reader is None else reader.decode()
        return Access(number, at, ledger, who_reads, role, reading, asked.decode())
