"""Make the environments, then run the tests of this folder: `python -m tests.downstream [pytest's arguments]`."""

import os
import shutil
import sys

import pytest

from tests.downstream import environments

shutil.rmtree(environments.FOLDER / "wheels", ignore_errors=True)
environments.make()
os.environ["KNEO_DOWNSTREAM"] = "1"
sys.exit(pytest.main([str(environments.ROOT / "tests" / "downstream"), "-q", *sys.argv[1:]]))
