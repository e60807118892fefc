"""espeak-ng without anything in between: its shared library, or else its program."""

from __future__ import annotations

import ctypes
import ctypes.util
import io
import re
import shutil
import subprocess
import wave
from typing import TYPE_CHECKING, Any

from speech.engine import NoSuchVoice, TtsFailed
from speech.readings import adapt
from speech.voices import espeak_names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INSTALL = "install Debian's packages espeak-ng and libespeak-ng1 (apt-get install espeak-ng)"

# speak_lib.h
_SYNCHRONOUS, _NO_EXIT, _UTF8, _RATE = 2, 0x8000, 1, 1
_RATES = (80, 450)
_TIME_LIMIT = 10.0

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def no_voice(voice: str) -> NoSuchVoice:
    """The error for a voice that espeak-ng does not have."""
    return NoSuchVoice(
        f"there is no voice {voice!r}; `espeak-ng --voices` lists them in its column File, "
        "and [tts].voices of the configuration chooses one for each language"
    )


class EspeakLibrary:
    """`speech.engine.TtsEngine` on libespeak-ng. One per process: the library is one machine."""

    name = "espeak"

    def __init__(self) -> None:
        self._library = load_library()
        self.version = str(self._library.espeak_Info(None).decode())
        self._chunks: list[bytes] = []
        self._callback = _Callback(self._collect)  # kept, or it would be freed under the library
        self._sample_rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _NO_EXIT))
        if self._sample_rate <= 0:
            raise TtsFailed(f"libespeak-ng finds no data; {INSTALL}")
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples: Any, count: int, _events: Any) -> int:
        if count > 0:
            self._chunks.append(ctypes.string_at(samples, 2 * count))
        return 0

    def render(self, text: str, voice: str, rate: int) -> tuple[NDArray[np.int16], int]:
        """Speak; returns when all samples are there."""
        import numpy as np

        name = self._set_voice(voice)
        self._library.espeak_SetParameter(_RATE, min(max(rate, _RATES[0]), _RATES[1]), 0)
        self._chunks.clear()
        written = adapt(text, name).replace("\0", " ").encode()
        status = self._library.espeak_Synth(
            written, ctypes.c_size_t(len(written) + 1), 0, 0, 0, _UTF8, None, None
        )
        if status != 0:
            raise TtsFailed(f"espeak_Synth returned {status}")
        return np.frombuffer(b"".join(self._chunks), np.int16), self._sample_rate

    def _set_voice(self, voice: str) -> str:
        for name in espeak_names(voice):
            if self._library.espeak_SetVoiceByName(name.encode()) == 0:
                return name
        raise no_voice(voice)

    def close(self) -> None:
        """Nothing: the library ends with its process."""


def load_library() -> Any:
    """libespeak-ng, not yet initialised; raises `TtsFailed` when it is not installed."""
    for name in ("libespeak-ng.so.1", ctypes.util.find_library("espeak-ng")):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if library is not None:
            library.espeak_Info.restype = ctypes.c_char_p
            return library
    raise TtsFailed(f"the library libespeak-ng is missing; {INSTALL}")


class EspeakProgram:
    """`speech.engine.TtsEngine` on the program espeak-ng, a new process for each text."""

    name = "espeak-program"

    def __init__(self) -> None:
        program = shutil.which("espeak-ng")
        if program is None:
            raise TtsFailed(f"the program espeak-ng is missing; {INSTALL}")
        self._program = program
        said = subprocess.run([program, "--version"], capture_output=True, timeout=_TIME_LIMIT)
        found = re.search(rb"\d+\.\d[\w.]*", said.stdout)
        self.version = found[0].decode() if found else "unknown"

    def render(self, text: str, voice: str, rate: int) -> tuple[NDArray[np.int16], int]:
        """Speak; the text goes by standard input, so it cannot be taken for an option."""
        import numpy as np

        for name in espeak_names(voice):
            sound = self._run(adapt(text, name), name, rate)
            if sound:
                break
        else:
            raise no_voice(voice)
        with wave.open(io.BytesIO(sound)) as file:
            # written to a pipe, the header gives no true length: the frames do
            return np.frombuffer(file.readframes(len(sound) // 2), np.int16), file.getframerate()

    def _run(self, text: str, voice: str, rate: int) -> bytes:
        """A WAV file, empty when there is no such voice."""
        command = [self._program, "-v", voice, "-s", str(rate), "-b", "1", "--stdin", "--stdout"]
        try:
            done = subprocess.run(
                command, input=text.encode(), capture_output=True, timeout=_TIME_LIMIT
            )
        except subprocess.TimeoutExpired:
            raise TtsFailed(f"espeak-ng took more than {_TIME_LIMIT:.0f} s") from None
        detail = done.stderr.decode(errors="replace").strip()
        if "voice" in detail:
            return b""
        if done.returncode or not done.stdout:
            raise TtsFailed(f"espeak-ng ended with code {done.returncode}: {detail}")
        return done.stdout

    def close(self) -> None:
        """Nothing: every process has ended."""
