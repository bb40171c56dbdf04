"""Short runs of the loops in `faults/`."""

import pytest
from faults.urls import agree


@pytest.mark.promise("knox.dpop.htu", "knox.proxy.paths")
def test_urls_and_proofs_agree() -> None:
    assert agree(500) > 100
