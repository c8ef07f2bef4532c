"""Whom the community has to do with: organisations by name, private persons as 个人(王**) (privacy.md)."""

from typing import Any, Literal

from ledger.fields import Personal

CounterpartyKind = Literal["organisation", "individual"]


def masked(name: str) -> str:
    """How a private person stands in the open: 个人(王**)."""
    return f"个人({name[0]}**)"


def withheld_name(of: str | None, name: str) -> Personal:
    """The full name of a private person, for the vault alone; `of`: the contract or payment it is of."""
    return Personal.of("/".join(filter(None, ("counterparty", of, name))), name)


def stands_as(field: str, name: str | None, kind: CounterpartyKind | None, of: str | None) -> dict[str, Any]:
    """The fields of an event about somebody: `payee`, and of a private person `payee_name`, withheld."""
    if name is None or kind != "individual":
        return {field: name}
    name = name.strip()  # a blank before it is no surname, and makes nobody another person to the vault
    return {field: masked(name), f"{field}_name": withheld_name(of, name)}
