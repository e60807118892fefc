"""A built wheel has all that an installation outside the checkout needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cordboard.samples import samples
from docs_kit import ROOT

pytest.importorskip("setuptools", "70", reason="the extra dev is not installed")
PACKAGES = ("cordboard", "contact_center", "designer", "desk", "flow_runtime", "nodes",
            "sample_flows", "speech", "telephony")  # fmt: skip
NOT_SHIPPED = ("__pycache__", "*.db", ".cordboard")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel of this checkout puts into a site-packages folder."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignored = shutil.ignore_patterns(*NOT_SHIPPED)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = ["wheel", "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder)]
    made = subprocess.run(
        [sys.executable, "-m", "pip", *build, str(source)], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site-packages")
    return folder / "site-packages"


def cordboard(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in *folder*."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "cordboard", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        encoding="utf-8",
    )


def test_every_file_of_every_sample_is_in_it(installed: Path) -> None:
    for name, sample in samples().items():
        here = {file.relative_to(sample.folder) for file in sample.folder.rglob("*.*")}
        here = {file for file in here if not any(file.match(p) for p in (*NOT_SHIPPED, "*.pyc"))}
        packed = installed / "sample_flows" / name
        assert {file.relative_to(packed) for file in packed.rglob("*.*")} == here


def test_the_installed_command_is_that_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    probe = "import cordboard, sample_flows; print(cordboard.__file__, sample_flows.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", probe],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )
    assert all(word.startswith(str(installed)) for word in done.stdout.split())


def test_a_site_is_made_checked_and_tested_outside_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    listed = cordboard(installed, tmp_path, "init", "--list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(samples())
    made = cordboard(installed, tmp_path, "init", "--sample", "water_order", "site")
    assert made.returncode == 0, made.stderr
    flows = ["site/water_order.flow", "site/customer.flow"]
    checked = cordboard(installed, tmp_path, "check", "--config", "site/cordboard.toml", *flows)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    tested = cordboard(installed, tmp_path, "test", "site")
    assert tested.stdout.splitlines()[-1].endswith("passed, 0 failed"), tested.stderr
