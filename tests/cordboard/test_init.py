"""cordboard init: every sample by name, and a folder that can be served at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cordboard.__main__ import main
from cordboard.config import load_config
from cordboard.samples import samples


def test_the_samples_are_listed_with_what_they_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(samples())
    for line, sample in zip(lines, samples().values(), strict=True):
        first = sample.flow.read_text(encoding="utf-8").splitlines()[0]
        assert line.endswith(first.removeprefix("# "))


def test_without_a_name_it_is_the_gas_hotline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    assert main(["init", str(site)]) == 0
    said = capsys.readouterr().out
    assert f"cordboard serve --config {site}/cordboard.toml" in said
    assert f"cordboard simulate --config {site}/cordboard.toml {site}/gas_hotline.flow" in said
    assert f"Telephone 1001 registers with the password in {site}/operator.password" in said


def test_a_sample_is_chosen_by_name(tmp_path: Path) -> None:
    assert main(["init", "--sample", "water_order", str(tmp_path)]) == 0
    assert (tmp_path / "water_order.flow").is_file()
    assert load_config(tmp_path / "cordboard.toml").numbers["100"].is_file()


def test_every_site_has_passwords_of_its_own(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        assert main(["init", str(folder)]) == 0
    one, two = (folder / "operator.password" for folder in folders)
    assert one.read_text() != two.read_text()
    assert one.stat().st_mode & 0o777 == 0o600


def test_an_unknown_sample_has_a_near_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--sample", "watr_order", str(tmp_path / "site")]) == 2
    assert 'there is no sample watr_order (did you mean "water_order"?)' in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_a_folder_has_to_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--sample", "water_order"]) == 2
    assert "name a new folder" in capsys.readouterr().err


def test_what_is_in_a_folder_is_not_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cordboard.toml").write_text("mine")
    assert main(["init", str(tmp_path)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["cordboard.toml"]
    assert (tmp_path / "cordboard.toml").read_text() == "mine"
