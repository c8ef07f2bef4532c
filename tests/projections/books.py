"""A story and what its views show: given facts, then rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.store import open_store, open_vault
from projections.database import Views
from projections.follower import Follower, open_views
from tests.ledger.story import WUTONGLI, Facts, Story
from tests.vault_keys import key_file_of


class Books:
    """The store of a story, and the views that follow it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.story = Story(open_store(url), open_vault(url, key_file_of(url)))
        self.views = open_views(url)
        self.follower = Follower(self.story.store, self.views)

    @property
    def number(self) -> int:
        """The record number of what happened last in 梧桐里."""
        return self.story.store.length(WUTONGLI) - 1

    def tell(self, *facts: Facts) -> int:
        """Record facts, without asking whether they were allowed; the number of the last one."""
        self.story.happen(facts)
        return self.number

    def shown(self) -> Views:
        """The views, once they have taken in everything that was told."""
        assert self.follower.catch_up() == self.story.store.head()
        return self.views

    def close(self) -> None:
        self.views.close()
        self.story.store.close()
        self.story.vault.close()


@contextmanager
def opened(url: str) -> Iterator[Books]:
    """Books in which 梧桐里 has just begun."""
    books = Books(url)
    try:
        books.story.begin()
        yield books
    finally:
        books.close()
