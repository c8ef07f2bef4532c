"""The work list becomes events: a street, its neighbourhoods, communities, firms and dated tasks (SYS-05)."""

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from api.imports.worklist_file import ISSUED_ON, Remark, Row, WorkListFile, read
from ledger.actions.community import OpenLedger
from ledger.actions.role import GrantRole
from ledger.actions.task_list import AssignTask
from ledger.actions.work_list import ListCommunity, RegisterFirm
from ledger.asked import Asked
from ledger.commands import Command
from ledger.errors import NotPermitted, Refused
from ledger.events import Source
from ledger.ledger import GovernanceLedger

STREET_OFFICE = "street-office"
OPERATOR = "operator"


class WorkListReport(Struct, frozen=True):
    """What a work list holds, and what became of it.

    `recorded`: how many events; 0 for a dry run and for a file known already. `numbers`: the first and last
    record the file left in the street's ledger.
    """

    file: str
    counts: Mapping[str, int]
    warnings: tuple[Remark, ...]
    recorded: int = 0
    numbers: tuple[int, int] | None = None
    already_imported: bool = False


class RowRefused(Refused):
    """A rule refuses what a row would record; nothing of the file was recorded."""

    def __init__(self, refused: Refused, row: int | None, action: str) -> None:
        details = {name: value for name, value in refused.details.items() if name != "index"}
        super().__init__(refused.code, rules=refused.rules, **details)
        self.row = row
        self.action = action


class WorkListImport(Struct, frozen=True):
    """Records work lists in the ledger of one street.

    A street that has no ledger yet gets one, called `name`, and `account` gets the street's role on it.
    """

    ledger: GovernanceLedger
    street: str
    today: date
    name: str | None = None
    account: str = STREET_OFFICE

    def record(self, content: bytes, *, dry_run: bool = False) -> WorkListReport:
        """Record all of a list or nothing.

        Errors: `WorkListRefused` for a broken file, `Refused` when the street has another list already (tasks
        are then moved one by one), `NotPermitted` when the street was opened by other means and the account
        has no role on it, `RowRefused` when a rule refuses a row; the ledger's own.
        """
        listed = read(content)
        counts = _counts(listed)
        imported = self._imported()
        if listed.sha256 in imported:
            numbers = imported[listed.sha256]
            return WorkListReport(listed.sha256, counts, listed.warnings, 0, numbers, already_imported=True)
        if imported:
            raise Refused("work-list.holds-another", file=next(iter(imported)))
        asked = [*self._opening(listed), *self._rows(listed)]
        try:
            receipt = self.ledger.record_all(asked, f"work-list-{listed.sha256}", dry_run=dry_run)
        except NotPermitted as missing:
            raise NotPermitted(
                "work-list.role-missing", account=self.account, ledger=self.street
            ) from missing
        except Refused as refused:
            at_fault = asked[refused.details["index"]]
            raise RowRefused(refused, at_fault.source.row, type(at_fault.command).name) from refused
        here = [line.number for line in receipt.events if line.ledger == self.street]
        of_street = (here[0], here[-1]) if here else None
        return WorkListReport(listed.sha256, counts, listed.warnings, len(receipt.events), of_street)

    def _imported(self) -> dict[str, tuple[int, int]]:
        """By file, the first and last record the street's ledger has from it."""
        store, found = self.ledger.store, dict[str, tuple[int, int]]()
        for number in range(store.length(self.street)):
            recorded = store.numbered(self.street, number)
            if recorded is not None and (file := recorded.envelope.source.file) is not None:
                found[file] = found.get(file, (number, number))[0], number
        return found

    def _opening(self, listed: WorkListFile) -> Iterator[Asked]:
        if self.ledger.store.length(self.street) > 0:
            return
        for account in (
            OPERATOR,
            self.account,
        ):  # without a key nobody holds a role
            self.ledger.vault.key(account, create=True)
        source = Source(via="command-line", file=listed.sha256)
        opening = OpenLedger(of="street", title=self.name or self.street, occurred_on=ISSUED_ON)
        yield Asked(self.street, opening, OPERATOR, self.today, source)
        grant = GrantRole(account=self.account, role="street", starts_on=ISSUED_ON)
        yield Asked(self.street, grant, OPERATOR, self.today, source)

    def _rows(self, listed: WorkListFile) -> Iterator[Asked]:
        neighbourhoods = _ids(listed, "neighbourhood", f"{self.street}-n")
        firms = _ids(listed, "firm", "firm-")
        opened: set[str] = set()
        for row in listed.rows:
            places = Places(
                street=self.street,
                neighbourhood=neighbourhoods[row.neighbourhood],
                community=f"{self.street}-{row.number:03d}",
                firm=firms[row.firm],
            )
            source = Source(via="import", file=listed.sha256, row=row.number)
            for ledger, command in _of_row(row, places, opened):
                yield Asked(ledger, command, self.account, self.today, source)


class Places(Struct, frozen=True):
    """The ids a row's names stand for; the first three are ledgers."""

    street: str
    neighbourhood: str
    community: str
    firm: str


def _counts(listed: WorkListFile) -> dict[str, int]:
    tasks = [task for row in listed.rows for task in row.tasks]
    return {
        "neighbourhoods": len({row.neighbourhood for row in listed.rows}),
        "communities": len(listed.rows),
        "firms": len({row.firm for row in listed.rows}),
        "tasks": len(tasks),
        "milestones": sum(len(task.due_on) or 1 for task in tasks),
    }


def _ids(listed: WorkListFile, column: str, prefix: str) -> dict[str, str]:
    """Ids in order of first appearance: `dongming-n01`, `firm-01`."""
    names = dict.fromkeys(getattr(row, column) for row in listed.rows)
    return {name: f"{prefix}{number:02d}" for number, name in enumerate(names, start=1)}


def _of_row(row: Row, places: Places, opened: set[str]) -> Iterator[tuple[str, Command]]:
    """What a row records, each with its ledger; `opened`: the neighbourhoods and firms of the rows above."""
    if places.neighbourhood not in opened:
        opening = OpenLedger(
            of="neighbourhood", title=row.neighbourhood, parent=places.street, occurred_on=ISSUED_ON
        )
        yield places.neighbourhood, opening
    if places.firm not in opened:
        yield places.street, RegisterFirm(firm=places.firm, title=row.firm, occurred_on=ISSUED_ON)
    opened |= {places.neighbourhood, places.firm}
    yield (
        places.community,
        OpenLedger(of="community", title=row.community, parent=places.neighbourhood, occurred_on=ISSUED_ON),
    )
    listing = ListCommunity(
        community=places.community,
        title=row.community,
        row=row.number,
        neighbourhood=places.neighbourhood,
        firm=places.firm,
        status=row.status.strip() or None,
        occurred_on=ISSUED_ON,
    )
    yield places.street, listing
    for task in row.tasks:
        assignment = AssignTask(
            task=f"{row.number:03d}-{task.column}",
            community=places.community,
            column=task.column,
            raw=task.text,
            due_on=task.due_on[0] if task.due_on else None,
            further_due_on=task.due_on[1:],
            done=task.done,
            occurred_on=ISSUED_ON,
        )
        yield places.street, assignment
