"""Composes the statements actions ask for, prints what is published, and keeps what was printed."""

import hashlib
import threading
from collections import OrderedDict

from api.documents.notice import Issued, notice_pdf
from ledger.composing import Composed, Composing, Issue, Wanted
from ledger.errors import StoreBusy
from ledger.store.files import Files
from ledger.store.port import Store
from projections import statements
from projections.statements.changes import restated
from projections.statements.statement import Statement

CODE_LENGTH = 8  # 40 bits: more codes than anybody tries, few enough to type
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
WAIT_SECONDS_MAX = 10
KEPT_MAX = 16  # statements lately composed, so that who reads, signs and prints waits once


class StatementComposer:
    """Of the ledgers of one store; papers go to `files`, and name `origin` as where they can be checked."""

    def __init__(self, store: Store, files: Files, origin: str) -> None:
        self._store = store
        self._files = files
        self._origin = origin
        self._composing = threading.Lock()  # reading a whole ledger at once for many would starve all else
        self._kept: OrderedDict[tuple[str, Wanted, str], Statement] = OrderedDict()

    def compose(self, ledger: str, composing: Composing) -> Composed:
        """The digests of a statement and, if it is to be issued, of its paper, which is kept."""
        statement = self.statement(ledger, composing)
        composed = Composed(
            composing,
            statement.until,
            statement.head,
            statement.sha256,
            tuple(caution.code for caution in statement.cautions),
            len(statement.restates.changes) if statement.restates else 0,
        )
        if (issue := composing.issue) is None:
            return composed
        code = code_of(ledger, issue, statement.sha256)
        url = f"{self._origin}/q/{code}"
        paper = notice_pdf(statement, Issued(**issue._asdict(), url=url, code=code))
        self._files.put(statement.entry)  # so that whoever finds a difference can say where it begins
        return composed._replace(pdf_sha256=self._files.put(paper), code=code, url=url)

    def statement(self, ledger: str, composing: Composing) -> Statement:
        """The statement itself, of the newest records if it does not say up to which."""
        until = self._store.length(ledger) - 1 if composing.until is None else composing.until
        statement = self._composed(ledger, composing.wanted, until)
        if (earlier := composing.restates) is None:
            return statement
        before = self._composed(ledger, composing.wanted, earlier.until)
        return restated(statement, before, earlier.version, earlier.reason)

    def _composed(self, ledger: str, wanted: Wanted, until: int) -> Statement:
        head = self._store.ledger_rows(ledger, until - 1, 1)[0].leaf_hash.hex()
        key = ledger, wanted, head
        if (known := self._kept.get(key)) is not None:
            return known
        if not self._composing.acquire(timeout=WAIT_SECONDS_MAX):
            raise StoreBusy
        try:
            if (known := self._kept.get(key)) is not None:
                return known
            self._kept[key] = statements.compose(self._store, ledger, wanted, until)
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
            return self._kept[key]
        finally:
            self._composing.release()


def code_of(ledger: str, issue: Issue, statement_sha256: str) -> str:
    """The code on a paper, always the same for the same version of the same statement."""
    named = f"{ledger}/{issue.disclosure}/{issue.version}/{statement_sha256}"
    number = int.from_bytes(hashlib.sha256(named.encode()).digest())
    return "".join(_DIGITS[(number >> (5 * place)) & 31] for place in range(CODE_LENGTH))
