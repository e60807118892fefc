"""Every sample, made into a site as `cordboard init` does: sound, complete, and described."""

from __future__ import annotations

from pathlib import Path

import pytest

from cordboard.__main__ import main
from cordboard.config import load_config
from cordboard.samples import Sample, make_site, samples
from docs_kit import DOCS

EVERY = pytest.mark.parametrize("sample", samples().values(), ids=samples())


@pytest.fixture
def site(sample: Sample, tmp_path: Path) -> Path:
    """The sample, ready to be served."""
    make_site(sample, tmp_path)
    return tmp_path


@EVERY
def test_it_is_without_problems_and_in_canonical_form(
    sample: Sample, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(file) for file in sorted(site.rglob("*.flow"))]
    assert main(["check", "--config", str(site / "cordboard.toml"), *files]) == 0
    assert capsys.readouterr().out == ""
    assert main(["fmt", "--check", *files]) == 0


@EVERY
def test_its_call_tests_pass_and_cover_it(
    sample: Sample, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", "--min-coverage", "100", str(site)]) == 0, capsys.readouterr().out


@EVERY
def test_its_numbers_lead_to_flows_and_its_secrets_are_there(sample: Sample, site: Path) -> None:
    config = load_config(site / "cordboard.toml")
    assert config.numbers["100"] == site / sample.flow.name
    assert all(file.is_file() for file in config.numbers.values())
    assert all(len(phone.password) > 10 for phone in config.sip.phones)


@EVERY
def test_its_first_line_and_its_page_say_what_it_shows(sample: Sample) -> None:
    assert sample.about[:1].isupper() and sample.about.endswith(".")
    page = DOCS / "samples" / f"{sample.name}.md"
    assert f"cordboard init --sample {sample.name} " in page.read_text(encoding="utf-8")
    assert f"({sample.name}.md)" in (DOCS / "samples/index.md").read_text(encoding="utf-8")
