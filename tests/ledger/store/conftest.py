"""The store of a spec: its own, and on both databases unless the spec is about one of them."""

from collections.abc import Callable, Iterator

import pytest

from ledger.store import open_store, open_vault
from ledger.store.port import Store
from ledger.store.vault import Vault
from tests.vault_keys import key_file_of


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Opens stores, and closes them when the spec is over."""
    stores: list[Store] = []

    def one_more(url: str) -> Store:
        stores.append(open_store(url))
        return stores[-1]

    yield one_more
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[str], Store], store_url: str) -> Store:
    return opened(store_url)


@pytest.fixture
def vault(store_url: str) -> Iterator[Vault]:
    vault = open_vault(store_url, key_file_of(store_url))
    yield vault
    vault.close()
