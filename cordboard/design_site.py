"""The site of a flow as the designer sees it: configuration, prompts, data, voices, samples."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from contact_center.core.strategy.expressions import Expressions
from contact_center.store.settings import Declared
from cordboard.call_tests import find_config
from cordboard.config import Config, ConfigError, load_config
from cordboard.config.settings import Tts
from cordboard.data import open_data
from cordboard.outside import Outside, simulated
from cordboard.samples import make_site, samples
from cordboard.simulator import NoData
from cordboard.speaking import open_speech
from cordboard.strategies.expressions import FlowExpressions
from cordboard.surroundings import beside, configured, standalone, system_zone
from designer.site import Spoken, Template
from flow_runtime.call_tests import OpenData
from flow_runtime.core.problems import Problem
from flow_runtime.core.prompts import NO_PROMPTS
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.data.loop_thread import LoopThread
from flow_runtime.prompt_files import LoadedPrompts
from nodes.catalogue import library
from speech.engine import NoSuchVoice, TtsFailed
from speech.library import SoundProblem, Speech


class Voices:
    """Speaks texts for whoever draws, in a thread of its own; one for the whole program."""

    def __init__(self) -> None:
        self._thread = LoopThread("voices")
        self._folder = tempfile.TemporaryDirectory(prefix="cordboard-voices-")
        self._speech: dict[tuple[Path, str], Speech] = {}

    def speak(self, text: str, language: str, state: Path | None, tts: Tts) -> Spoken:
        """*text* as a WAV file, by the voice and from the cache of a site. Takes long."""

        async def spoken() -> Spoken:
            place = state or Path(self._folder.name)
            key = (place, tts.engine)
            if key not in self._speech:
                self._speech[key] = open_speech(place, tts)
            try:
                rendered = await self._speech[key].clip(text, language, keep=False)
            except (TtsFailed, NoSuchVoice, SoundProblem) as problem:
                return Spoken(trouble=str(problem))
            return Spoken(b"" if rendered.stem is None else _wave(rendered.stem))

        done: Spoken = self._thread.submit(spoken).result()
        return done

    def close(self) -> None:
        """End the processes that speak."""

        async def ended() -> None:
            await asyncio.gather(*(speech.close() for speech in self._speech.values()))

        if self._speech:
            self._thread.submit(ended).result()
        self._thread.shutdown()
        self._folder.cleanup()


class DesignSite:
    """What `designer.site.Site` asks for. Without a configuration it is what lies beside a flow."""

    def __init__(self, config: Path | None, flow: Path | None, voices: Voices) -> None:
        self.config, self._flow, self._voices = config, flow, voices
        self._read: Config | None = None
        self.reload()

    def reload(self) -> None:
        """See `designer.site.Site`; raises ValueError for a configuration with mistakes."""
        if self.config is not None:
            try:
                read = load_config(self.config, secrets=False)
                self._around, self._prompts = configured(read)
            except ConfigError as error:
                raise ValueError(str(error)) from None
            self._read = read
            self.prompts_folder = self._read.prompts.folder
            self.languages: Sequence[str] = self._read.prompts.languages
            self.numbers: Mapping[str, Path] = self._read.numbers
            return
        self.numbers = {}
        self._prompts = LoadedPrompts(NO_PROMPTS)
        if self._flow is not None:
            self._around, self._prompts = standalone(self._flow)
            self.prompts_folder = self._flow.parent / "prompts"
        else:
            self._around = Surroundings(library(), zone=system_zone())
            self.prompts_folder = Path("prompts")
        self.languages = self._around.languages

    def surroundings(self, flow: Path | None) -> Surroundings:
        """See `designer.site.Site`."""
        if self._read is not None:
            return beside(flow or self._read.base / "new.flow", self._around, self._read)
        if flow is not None and flow != self._flow:
            return standalone(flow)[0]
        return self._around

    def prompt_problems(self) -> Sequence[tuple[Path, Problem]]:
        """See `designer.site.Site`."""
        return self._prompts.problems

    def centre(self) -> Declared:
        """See `designer.site.Site`."""
        return Declared() if self._read is None else self._read.centre

    def expressions(self) -> Expressions:
        """See `designer.site.Site`."""
        return FlowExpressions(self._around.zone)

    def open_data(self) -> OpenData:
        """See `designer.site.Site`."""
        if self._read is None:
            return NoData()
        return open_data(self._read, self._around.zone)

    def open_outside(self, folder: Path) -> Outside:
        """See `designer.site.Site`."""
        return simulated(self._read, folder)

    def try_query(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """See `designer.site.Site`."""

        async def asked() -> Sequence[Mapping[str, Any]]:
            data = self.open_data()
            try:
                return await data.lookup(source, sql, bind, timeout, most)
            finally:
                await data.close()

        return asyncio.run(asked())

    def speak(self, text: str, language: str) -> Spoken:
        """See `designer.site.Site`."""
        if self._read is None:
            return self._voices.speak(text, language, None, Tts())
        return self._voices.speak(text, language, self._read.state, self._read.tts)

    def templates(self) -> Sequence[Template]:
        """See `designer.site.Site`."""
        return [
            Template(name, sample.name.replace("_", " "), sample.about, sample.folder, sample.flow)
            for name, sample in samples().items()
        ]

    def begin(self, template: Template, folder: Path) -> Path:
        """See `designer.site.Site`."""
        make_site(samples()[template.name], folder)
        return folder / template.flow.name


def site_of(flow: Path | None, config: Path | None, voices: Voices) -> DesignSite:
    """The site of *flow*: that of *config*, else of the nearest ``cordboard.toml``."""
    if config is None and flow is not None:
        config = find_config(flow)
    return DesignSite(config, flow, voices)


def _wave(stem: str) -> bytes:
    """The sound of the cache at *stem* as a WAV file of 16-bit samples."""
    import soundfile  # with numpy a tenth of the designer's start: wanted only to listen

    from telephony.core.g711 import decode

    samples_ = decode(Path(stem + ".ulaw").read_bytes())
    file = io.BytesIO()
    soundfile.write(file, samples_, 8000, format="WAV", subtype="PCM_16")
    return file.getvalue()
