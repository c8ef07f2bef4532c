"""Published statements as they were published, their papers to the byte, and what later records changed."""

import hashlib
import threading
from collections.abc import Sequence

from api.documents.composer import StatementComposer
from api.documents.notice import Issued, notice_pdf
from ledger.actions.disclosure import DisclosurePublished, DisclosureVersion, composing_of
from ledger.errors import StoreDamaged
from ledger.events import Event, Recorded
from ledger.store.entries import event_of
from ledger.store.files import Files
from ledger.store.port import Store
from projections.alterations import Alteration, alteration, may_reach, touches
from projections.disclosures import DisclosureRow, VersionRow
from projections.statements import composed
from projections.statements.books import opened
from projections.statements.statement import Statement, statement_of


class Watched:
    """A version that holds, and the later records that may reach it, as far as they were looked through."""

    def __init__(self, row: DisclosureRow, version: VersionRow) -> None:
        self.row, self.version = row, version
        self.looked_at = version.until
        self.reached: list[int] = []
        self.touching: list[int] = []
        self.is_due = False
        self.altered: Alteration | None = None

    def look(self, later: Recorded[Event]) -> None:
        """Take note of the next record."""
        if later.number > self.looked_at and may_reach(self.row.wanted, later):
            self.is_due = True
            self.reached.append(later.number)
            if touches(self.row.wanted, later):
                self.touching.append(later.number)

    def compare(self, old: Statement, new: Statement) -> None:
        """Beside what its events give now."""
        self.altered = alteration(old, new, self.touching or self.reached)
        self.is_due = False


class PublishedStatements:
    """Of the ledgers of one store; what was frozen is kept in `files`. Safe for threads."""

    def __init__(self, store: Store, files: Files, composer: StatementComposer) -> None:
        self._store = store
        self._files = files
        self._composer = composer
        self._watched: dict[str, Watched] = {}
        self._comparing = threading.Lock()

    def statement(self, ledger: str, row: DisclosureRow, version: VersionRow) -> Statement:
        """A version, from its kept bytes or from its events: always what its digest is of.

        Errors: `StoreDamaged` when its events give something else now.
        """
        if version.number is not None and (kept := self._files.kept(version.statement_sha256)) is not None:
            return statement_of(kept)
        statement = self._composer.statement(ledger, composing_of(*self._recorded(ledger, row, version)))
        if statement.sha256 != version.statement_sha256:
            raise StoreDamaged("disclosure.not-reproduced", disclosure=row.disclosure, until=version.until)
        if version.number is not None:
            self._files.put(statement.entry)
        return statement

    def paper(self, ledger: str, row: DisclosureRow, version: VersionRow) -> bytes:
        """The PDF exactly as it was published; printed again if its file is gone, and then compared.

        Errors: `StoreDamaged` when it cannot be printed again to the byte.
        """
        sha256 = str(version.pdf_sha256)
        if (kept := self._files.kept(sha256)) is not None:
            return kept
        paper = notice_pdf(self.statement(ledger, row, version), issued(row, version))
        if hashlib.sha256(paper).hexdigest() != sha256:
            raise StoreDamaged("disclosure.paper-lost", disclosure=row.disclosure, version=version.version)
        self._files.put(paper)
        return paper

    def alterations(self, ledger: str, rows: Sequence[DisclosureRow]) -> dict[str, Alteration]:
        """By disclosure, what later records changed in the version that holds; the unchanged are left out.

        Only a record that may reach a version has it composed again, and all of them of the same books.
        """
        watched = [self._watch(row, version) for row in rows if (version := row.published) is not None]
        head = self._store.length(ledger) - 1
        if any(one.looked_at < head or one.is_due for one in watched):
            with self._comparing:
                self._look(ledger, watched, head)
                self._compare(ledger, [one for one in watched if one.is_due], head)
        return {one.row.disclosure: one.altered for one in watched if one.altered is not None}

    def _watch(self, row: DisclosureRow, version: VersionRow) -> Watched:
        return self._watched.setdefault(version.statement_sha256, Watched(row, version))

    def _look(self, ledger: str, watched: Sequence[Watched], head: int) -> None:
        after = min(one.looked_at for one in watched)
        for later in map(event_of, self._store.history(ledger, after, head)):
            for one in watched:
                one.look(later)
        for one in watched:
            one.looked_at = max(head, one.looked_at)

    def _compare(self, ledger: str, due: Sequence[Watched], head: int) -> None:
        if not due:
            return
        before = [self.statement(ledger, one.row, one.version) for one in due]
        with opened(self._store, ledger, head) as books:
            for one, old in zip(due, before, strict=True):
                one.compare(old, composed(books, one.row.wanted))

    def _recorded(
        self, ledger: str, row: DisclosureRow, version: VersionRow
    ) -> tuple[DisclosureVersion, DisclosurePublished | None]:
        """The events of a version and of the version it restates."""
        before = row.version(version.version - 1)
        frozen = self._event(ledger, version.drafted_number if version.number is None else version.number)
        earlier = self._event(ledger, before.number) if before is not None else None
        if not isinstance(frozen, DisclosureVersion):
            raise StoreDamaged("disclosure.not-reproduced", disclosure=row.disclosure, until=version.until)
        return frozen, earlier if isinstance(earlier, DisclosurePublished) else None

    def _event(self, ledger: str, number: int | None) -> Event | None:
        found = None if number is None else self._store.numbered(ledger, number)
        return found.data if found is not None else None


def issued(row: DisclosureRow, version: VersionRow) -> Issued:
    """What stands on the paper of a version beside the statement. Errors: `ValueError` unless published."""
    if version.published_on is None:
        raise ValueError(f"{row.disclosure} {version.version} was not published")
    return Issued(
        disclosure=row.disclosure,
        version=version.version,
        published_on=version.published_on,
        url=str(version.url),
        code=str(version.code),
        prepared_by=str(version.prepared_by),
        reviewed_by=str(version.reviewed_by),
    )
