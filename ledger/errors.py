"""What can go wrong, with stable codes. The words for people live in the translations."""

from typing import Any


class LedgerError(Exception):
    """Base of every error with a stable `code`; `details` are the values its words need."""

    code = "ledger.error"

    def __init__(self, code: str | None = None, **details: Any) -> None:
        self.code = code or type(self).code
        self.details = details
        super().__init__(self.code)

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.code}: {details}" if details else self.code


class Refused(LedgerError):
    """A rule forbids what was asked. `rules` are ids of the law (rules.md); nothing was recorded."""

    def __init__(self, code: str, *, rules: tuple[str, ...] = (), **details: Any) -> None:
        super().__init__(code, **details)
        self.rules = rules


class Malformed(LedgerError):
    """Fields that break their own form. `errors` are (JSON pointer, code, details) in field order."""

    code = "fields.malformed"

    def __init__(self, *errors: tuple[str, str, dict[str, Any]]) -> None:
        super().__init__(fields=[pointer for pointer, _, _ in errors])
        self.errors = errors


class NotPermitted(LedgerError):
    """The account does not hold a role that may do this, on this ledger, on this date."""

    code = "role.missing"


class UnknownLedger(LedgerError):
    """No ledger has this id."""

    code = "ledger.unknown"


class UnknownAction(LedgerError):
    """No kind of action has this name."""

    code = "action.unknown"


class KeyReused(LedgerError):
    """The idempotency key was used before with another body; the first recording stands."""

    code = "idempotency-key.reused"


class Contended(LedgerError):
    """What the decision stood on kept changing; nothing was recorded, ask again."""

    code = "ledger.contended"


class StoreError(LedgerError):
    """The store cannot do its work now; nothing was recorded unless a receipt was given."""

    code = "store.error"


class StoreBusy(StoreError):
    """Somebody else held the database for too long."""

    code = "store.busy"


class StoreFull(StoreError):
    """No space left; what was recorded stays, reads go on."""

    code = "store.full"


class StoreUnavailable(StoreError):
    """The database cannot be reached, or the answer to a commit was lost: ask again with the same key."""

    code = "store.unavailable"


class StoreMisused(StoreError):
    """Opened where it cannot be safe: inherited over a fork, on a network file system, unsafe settings."""

    code = "store.misused"


class StoreDamaged(StoreError):
    """A stored entry is not what was recorded."""

    code = "store.damaged"


class UnknownKind(StoreDamaged):
    """A stored entry has a kind this version does not know: install the version that wrote it."""

    code = "store.unknown-kind"


class NewerSchema(StoreDamaged):
    """A stored entry has a schema number above what this version knows."""

    code = "store.newer-schema"
