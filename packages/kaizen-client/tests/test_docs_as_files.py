"""Each block of the Kaizen pages, put into a file of its own as it stands, runs and prints what the page says."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [*sorted(ROOT.glob("docs/user/kaizen/*.md")), ROOT / "packages" / "kaizen-client" / "README.md"]
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```output\n(.*?)^```\n)?", re.M | re.S)
BLOCKS = {
    f"{page.name}:{page.read_text(encoding='utf-8').count(chr(10), 0, found.start()) + 1}": found
    for page in PAGES
    for found in BLOCK.finditer(page.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("name", list(BLOCKS))
def test_a_block_copied_into_a_file_runs(name: str, tmp_path: Path) -> None:
    source, expected = BLOCKS[name].groups()
    file = tmp_path / "block.py"
    file.write_text(source, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KAIZEN_")}
    run = subprocess.run([sys.executable, str(file)], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    like = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert expected is None or doctest.OutputChecker().check_output(expected, run.stdout, like), run.stdout
