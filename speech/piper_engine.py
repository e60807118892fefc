"""Piper, an optional extra: a neural voice from a folder of ``.onnx`` models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from speech.engine import NoSuchVoice, TtsFailed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RATE_OF_MODELS = 170
"""Words a minute at length scale 1, about."""


class Piper:
    """`speech.engine.TtsEngine` on piper-tts. *voices* is the folder of models."""

    name = "piper"

    def __init__(self, voices: str | None) -> None:
        try:
            from importlib.metadata import version

            import piper
        except ImportError:
            raise TtsFailed(
                "engine = \"piper\" needs piper-tts: pip install 'cordboard[piper]' (GPL-3)"
            ) from None
        if voices is None or not Path(voices).is_dir():
            raise TtsFailed(
                f"[tts].piper_voices names no folder ({voices}); put piper's models "
                "(NAME.onnx and NAME.onnx.json) into one and name it there"
            )
        self._folder, self._piper, self.version = Path(voices), piper, version("piper-tts")
        self._loaded: dict[str, Any] = {}

    def render(self, text: str, voice: str, rate: int) -> tuple[NDArray[np.int16], int]:
        """Speak with the model called *voice*, or the first of the language it names."""
        import numpy as np

        model = self._model(voice)
        slower = self._piper.SynthesisConfig(length_scale=_RATE_OF_MODELS / rate)
        chunks = list(model.synthesize(text, slower))
        if not chunks:
            raise TtsFailed("piper gave no sound")
        sound = np.concatenate([chunk.audio_int16_array for chunk in chunks])
        return sound, chunks[0].sample_rate

    def _model(self, voice: str) -> Any:
        if voice not in self._loaded:
            models = sorted(self._folder.glob("*.onnx"))
            fitting = [m for m in models if m.stem == voice] or [
                m for m in models if m.stem.lower().startswith(voice.split("-")[0].lower())
            ]
            if not fitting:
                known = ", ".join(m.stem for m in models) or "none"
                raise NoSuchVoice(f"{self._folder} has no voice {voice!r}; there is: {known}")
            self._loaded[voice] = self._piper.PiperVoice.load(str(fitting[0]))
        return self._loaded[voice]

    def close(self) -> None:
        """Forget the models."""
        self._loaded.clear()
