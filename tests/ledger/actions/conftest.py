"""Every spec of an action tells a story."""

import pytest


@pytest.fixture(autouse=True)
def _telling(a_story: object) -> None:
    """The words given, when and then speak about this spec's own ledger."""
