"""Records from the microphone, where there is one."""

from __future__ import annotations

from PySide6.QtCore import QIODevice, QObject, Signal
from PySide6.QtMultimedia import QAudioFormat, QAudioSource, QMediaDevices

from designer.look.i18n import tr
from designer.prompts.audio import Clip, from_microphone

_RATE = 16_000


class Recorder(QObject):
    """One recording at a time."""

    level = Signal(float)
    """The loudest sample of the last moment, 0 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self._source: QAudioSource | None = None
        self._device: QIODevice | None = None
        self._content = bytearray()

    @property
    def running(self) -> bool:
        """Whether the microphone is on."""
        return self._source is not None

    def start(self) -> str:
        """Begin; why that is not possible, empty when it is."""
        device = QMediaDevices.defaultAudioInput()
        if device.isNull():
            return tr("This computer has no microphone that can be used. Import a file instead.")
        wanted = QAudioFormat()
        wanted.setSampleRate(_RATE)
        wanted.setChannelCount(1)
        wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        if not device.isFormatSupported(wanted):
            return tr("The microphone cannot record speech quality sound. Import a file instead.")
        self._content.clear()
        self._source = QAudioSource(device, wanted, self)
        self._device = self._source.start()
        if self._device is None:
            self._source = None
            return tr("The microphone cannot be used now; another program may have it.")
        self._device.readyRead.connect(self._take)
        return ""

    def stop(self) -> Clip:
        """End, and give what was recorded."""
        source, self._source = self._source, None
        if source is not None:
            self._take()
            source.stop()
            source.deleteLater()
        self._device = None
        return from_microphone(bytes(self._content), _RATE)

    def _take(self) -> None:
        if self._device is None:
            return
        piece = bytes(self._device.readAll().data())
        self._content += piece
        if piece:
            self.level.emit(from_microphone(piece, _RATE).peak)
