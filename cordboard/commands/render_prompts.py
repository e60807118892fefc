"""Speak all fixed prompts of flows and prompt tables into the cache, in all languages."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cordboard.config import Config
    from flow_runtime.core.prompts import PromptBook
    from flow_runtime.speaker import Fixed
    from speech.store import Rendered


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard render-prompts``."""
    parser.add_argument("--config", metavar="FILE", type=Path, help="cordboard.toml of the site")
    parser.add_argument(
        "files", nargs="*", metavar="FILE", type=Path,
        help="flow files; without any, all flows of the configuration",
    )  # fmt: skip


@dataclass(frozen=True)
class _Job:
    """What is to be spoken, and where it goes."""

    sounds: Sequence[Fixed]
    problems: Sequence[str]
    config: Config


def run(args: argparse.Namespace) -> int:
    """Print a line for each prompt and the totals: 0 all spoken, 1 some not, 2 bad input."""
    from cordboard.config import ConfigError

    try:
        job = _job(_config(args), args.files)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    for line in job.problems:
        print(line, file=sys.stderr)
    failed = asyncio.run(_render(job))
    return 1 if failed or job.problems else 0


def _config(args: argparse.Namespace) -> Config:
    """The configuration that was named, or lies beside the flow or here, or the defaults."""
    from cordboard.config import ConfigError, load_config, parse_config

    if args.config is not None:
        return load_config(args.config, secrets=False)
    folder = args.files[0].resolve().parent if args.files else Path.cwd()
    for path in (folder / "cordboard.toml", Path("cordboard.toml")):
        if path.is_file():
            return load_config(path, secrets=False)
    if not args.files:
        raise ConfigError("name a flow file, or the configuration by --config cordboard.toml")
    return parse_config("", folder)


def _job(config: Config, files: Sequence[Path]) -> _Job:
    from flow_runtime.fixed_prompts import fixed_in_book, without_repeats

    book, problems = _book(config)
    sounds = list(fixed_in_book(book))
    for path in files or dict.fromkeys(config.numbers.values()):
        sounds += _in_flow(path, book, config.prompts.folder, problems)
    return _Job(without_repeats(sounds), problems, config)


def _book(config: Config) -> tuple[PromptBook, list[str]]:
    """The prompts and what is wrong with them; a site without the folder has the built-in ones."""
    from flow_runtime.core.prompts import NO_PROMPTS, PromptBook
    from flow_runtime.prompt_files import load_prompts

    prompts = config.prompts
    if not prompts.folder.is_dir():
        return PromptBook(prompts.languages, prompts.currency, NO_PROMPTS.tables), []
    loaded = load_prompts(prompts.folder, prompts.languages, prompts.currency)
    return loaded.book, [problem.line(str(path)) for path, problem in loaded.problems]


def _in_flow(path: Path, book: PromptBook, folder: Path, problems: list[str]) -> Iterable[Fixed]:
    from flow_runtime.core.syntax.parser import parse
    from flow_runtime.fixed_prompts import fixed_in_flow
    from flow_runtime.sound_files import find_files
    from nodes.catalogue import library

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        problems.append(f"{path}: cannot be read: {why}")
        return ()
    parsed = parse(text)
    problems += [problem.line(str(path)) for problem in parsed.problems]
    if parsed.flow is None or any(p.severity == "error" for p in parsed.problems):
        return ()
    return fixed_in_flow(parsed.flow, library(), book, find_files(path.parent, folder))


@dataclass
class _Totals:
    """Counts of what was spoken; parts are the pieces of spoken values."""

    prompts: int = 0
    parts: int = 0
    failed: int = 0
    seconds: float = 0.0

    def line(self, folder: Path) -> str:
        """The last line of the report."""
        failed = f", {self.failed} failed" if self.failed else ""
        return (
            f"{self.prompts} prompts and {self.parts} parts of spoken values, "
            f"{self.seconds:.0f} s of sound in {folder}{failed}"
        )


async def _render(job: _Job) -> int:
    """Speak everything; returns how many could not be."""
    from cordboard.speaking import open_speech
    from flow_runtime.speaker import Speaker
    from speech.engine import TtsFailed
    from speech.library import SoundProblem

    speech, totals = open_speech(job.config.state, job.config.tts), _Totals()
    speaker = Speaker(speech)
    print(f"{'prompt':<28} {'language':<8} {'seconds':>8} {'dBFS':>7}")
    try:
        for fixed in job.sounds:
            try:
                rendered = await speaker.render(fixed)
            except (TtsFailed, SoundProblem) as error:
                totals.failed += 1
                print(f"{fixed.origin}: {error}", file=sys.stderr)
                continue
            totals.seconds += rendered.seconds
            totals.parts += fixed.part
            totals.prompts += not fixed.part
            if not fixed.part:
                print(_line(fixed, rendered))
    finally:
        await speech.close()
    print(totals.line(speech.folder))
    return totals.failed


def _line(fixed: Fixed, rendered: Rendered) -> str:
    from speech.g711 import decode_ulaw
    from speech.shape import level

    heard = Path(f"{rendered.stem}.ulaw").read_bytes() if rendered.stem else b""
    loudness = f"{level(decode_ulaw(heard)):7.1f}" if heard else "      -"
    language = getattr(fixed.item, "language", "-")
    return f"{fixed.origin:<28} {language:<8} {rendered.seconds:8.2f} {loudness}"
