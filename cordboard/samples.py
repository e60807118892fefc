"""The sample lines that travel with Cordboard: which there are, and how a site is made of one."""

from __future__ import annotations

import runpy
import secrets
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

DEFAULT: Final = "gas_hotline"
"""The sample of newcomers, of the demonstration and of the README."""
_CONFIG: Final = "cordboard.toml"
_DATABASE: Final = "make_database.py"
_SQLITE: Final = "sqlite:///"


@dataclass(frozen=True)
class Sample:
    """One sample: a *folder* with ``NAME.flow``, a configuration, prompts and call tests."""

    name: str
    folder: Path

    @property
    def flow(self) -> Path:
        """The flow that the number of the line leads to."""
        return self.folder / f"{self.name}.flow"

    @property
    def about(self) -> str:
        """What it shows: the comment in the first line of its flow."""
        with self.flow.open(encoding="utf-8") as lines:
            return lines.readline().removeprefix("#").strip()

    def settings(self) -> dict[str, Any]:
        """Its configuration, as TOML gives it."""
        return tomllib.loads((self.folder / _CONFIG).read_text(encoding="utf-8"))


def samples() -> dict[str, Sample]:
    """All samples by name, in a checkout or installed."""
    import sample_flows

    folders = sorted(Path(sample_flows.__path__[0]).iterdir())
    found = (Sample(folder.name, folder) for folder in folders if (folder / _CONFIG).is_file())
    return {sample.name: sample for sample in found}


def make_site(sample: Sample, folder: Path) -> None:
    """Write *sample* to *folder*, ready to be served.

    Every secret that its configuration reads from a file gets a value that nobody else has; a
    database that it names is made with the sample's data.
    """
    unwanted = shutil.ignore_patterns("__pycache__", "*.db")
    shutil.copytree(sample.folder, folder, dirs_exist_ok=True, ignore=unwanted)
    settings = sample.settings()
    for name in _secret_files(settings):
        file = folder / name
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12) + "\n", encoding="utf-8")
    if (folder / _DATABASE).is_file():
        make = runpy.run_path(str(folder / _DATABASE))["make"]
        for source in settings["data"].values():
            make(folder / source["url"].removeprefix(_SQLITE))


def _secret_files(value: Any) -> Iterator[str]:
    """The names in every ``{file = "NAME"}`` of the configuration *value*."""
    match value:
        case {"file": str(name), **others} if not others:
            yield name
        case Mapping():
            for inner in value.values():
                yield from _secret_files(inner)
        case list():
            for inner in value:
                yield from _secret_files(inner)
