"""Short runs of the loops in `faults/`."""

import subprocess
import sys
from pathlib import Path

import pytest
from faults.refreshes import refresh_at_once
from faults.urls import agree


@pytest.mark.promise("knox.dpop.htu", "knox.proxy.paths")
def test_urls_and_proofs_agree() -> None:
    assert agree(500) > 100


@pytest.mark.promise("knox.auth.single-use")
def test_many_processes_use_a_refresh_token_once(tmp_path: Path) -> None:
    refresh_at_once(10, tmp_path)


@pytest.mark.promise("knox.auth.file-whole")
def test_a_process_that_is_killed_at_any_step_leaves_the_file_whole_and_the_lock_free() -> None:
    script = Path(__file__).parent / "faults" / "kills.py"  # on its own: it forks
    found = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True, timeout=120)
    deaths, late = (int(word) for word in found.stdout.split() if word.isdecimal())
    assert deaths > late > 50
