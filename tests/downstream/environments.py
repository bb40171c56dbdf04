"""What the proof stands on: each product beside our client and the published one, its own tests, and a browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv-downstream"
PRODUCTS = {"dash": "kneo-dash==0.8.0", "studio": "kneo-studio==0.9.0"}
PUBLISHED = "kneo-client==1.2.0"
CLIENTS = ("ours", "published")
JUDGES_NEED = ["pytest>=8,<9", "pytest-asyncio<2", "respx", "pytest-xdist"]
"""What the products' own tests import besides the product."""


def python(product: str, client: str) -> Path:
    """The interpreter of the environment that holds a product and one of the clients."""
    return FOLDER / f"{product}-{client}" / "bin" / "python"


def suite(product: str) -> Path:
    """The folder with the tests of a product, out of its sdist; the product itself is not beside them."""
    return FOLDER / "suites" / product


def make() -> None:
    """Build our wheels and install everything; what is there already stays, our wheels are always new."""
    for product, requirement in PRODUCTS.items():
        for client in CLIENTS:
            _environment(product, requirement, client)
        if not suite(product).exists():
            _unpack(product, requirement)
    _browser()


def _environment(product: str, requirement: str, client: str) -> None:
    interpreter = python(product, client)
    wheels = _wheels() if client == "ours" else []
    if not interpreter.exists():
        _run(sys.executable, "-m", "venv", interpreter.parents[1])
        _pip(interpreter, "install", requirement, *(wheels or [PUBLISHED]), *JUDGES_NEED)
    if wheels:
        _pip(interpreter, "install", "--force-reinstall", "--no-deps", *wheels)
    _pip(interpreter, "check")  # pip itself agrees to the versions


def _wheels() -> list[Path]:
    target = FOLDER / "wheels"
    if not target.exists():
        uv = Path(sys.executable).with_name("uv")
        for package in ("sdk-engine", "kneo-client"):
            _run(uv, "build", "--quiet", "--wheel", "--package", package, "--out-dir", target)
    return sorted(target.glob("*.whl"))


def _unpack(product: str, requirement: str) -> None:
    download = FOLDER / "sdists"
    _pip(python(product, "ours"), "download", "--no-deps", "--no-binary", ":all:", "--dest", download, requirement)
    (archive,) = download.glob(f"kneo_{product}-*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(download, filter="data")
    source = download / archive.name.removesuffix(".tar.gz")
    suite(product).mkdir(parents=True)
    shutil.copytree(source / "tests", suite(product) / "tests")
    shutil.copy(source / "pyproject.toml", suite(product))


def _browser() -> None:
    if shutil.which("chromium") and shutil.which("chromedriver"):
        return
    _run("apt-get", "update", "-qq")
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "chromium-driver")


def _pip(interpreter: Path, *arguments: str | Path) -> None:
    command, *rest = arguments
    _run(interpreter, "-m", "pip", "--disable-pip-version-check", command, "--quiet", *rest)


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}")
