"""Processes that are about to be killed start from one that has everything loaded."""

import multiprocessing
from multiprocessing.context import ForkServerContext

import pytest


@pytest.fixture(scope="session")
def loaded() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.ledger.store.spenders", "ledger.store.sqlite", "ledger.store.postgres"]
    )
    return context
