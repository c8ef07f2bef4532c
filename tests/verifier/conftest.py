"""One sound pack for all specs of the verifiers; whoever tampers takes a copy."""

import pytest

from tests.verifier.packs import PackToTest, demonstration_pack


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> PackToTest:
    """The demonstration's pack, sealed."""
    return demonstration_pack(tmp_path_factory.mktemp("pack"))
