"""Plays sounds on the computer's loudspeaker, where there is one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QUrl

from designer.look.i18n import tr


class Player(QObject):
    """One sound at a time. Qt's multimedia part is loaded when it is wanted first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player: object | None = None
        self._buffer: QBuffer | None = None
        self._ended: Callable[[], None] | None = None

    def play(self, wav: bytes, ended: Callable[[], None] | None = None) -> str:
        """Play a WAV file from memory; why that is not possible, empty when it is."""
        from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer

        self.stop()
        if not QMediaDevices.audioOutputs():
            return tr("This computer has no loudspeaker that can be used: nothing can be heard.")
        player = QMediaPlayer(self)
        player.setAudioOutput(QAudioOutput(player))
        self._buffer = QBuffer(player)
        self._buffer.setData(QByteArray(wav))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        player.setSourceDevice(self._buffer, QUrl("sound.wav"))
        self._ended = ended

        def follow(state: QMediaPlayer.PlaybackState) -> None:
            if state == QMediaPlayer.PlaybackState.StoppedState and self._player is player:
                self.stop()

        player.playbackStateChanged.connect(follow)
        self._player = player
        player.play()
        return ""

    @property
    def playing(self) -> bool:
        """Whether something can be heard."""
        return self._player is not None

    def stop(self) -> None:
        """Be quiet."""
        from PySide6.QtMultimedia import QMediaPlayer

        player, self._player = self._player, None
        if isinstance(player, QMediaPlayer):
            player.stop()
            player.deleteLater()
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()
