"""Pictures of a window as small PNG files: at most 256 colours, chosen by how often they are."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

_MOST: Final = 256
_EXACT: Final = 96
"""So many of the commonest colours are kept as they are: surfaces, lines, texts."""


def save(image: QImage, path: Path) -> None:
    """Write *image* to *path*."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    colours, places = np.unique(_pixels(image), return_inverse=True)
    chosen = _palette(colours, np.bincount(places.ravel()))
    nearest = _nearest(colours, chosen)[places].reshape(image.height(), image.width())
    rows = np.zeros((image.height(), (image.width() + 3) // 4 * 4), np.uint8)
    rows[:, : image.width()] = nearest
    made = QImage(
        rows.data, image.width(), image.height(), rows.shape[1], QImage.Format.Format_Indexed8
    )
    made.setColorTable([0xFF000000 | int(one) for one in chosen])
    if not made.save(str(path), "PNG", 0):  # type: ignore[call-overload]
        raise OSError(f"{path} cannot be written")


def _pixels(image: QImage) -> NDArray[np.uint32]:
    """The pixels of *image* as 0xRRGGBB, row by row."""
    raw = np.frombuffer(image.constBits(), np.uint32)
    rows = raw.reshape(image.height(), image.bytesPerLine() // 4)[:, : image.width()]
    return np.bitwise_and(rows, np.uint32(0xFFFFFF))


def _palette(colours: NDArray[np.uint32], counts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The commonest colours, then of what is left those that are far from what was chosen."""
    order = np.argsort(-counts, kind="stable")
    if len(colours) <= _MOST:
        return colours
    chosen = list(order[:_EXACT])
    rest = order[_EXACT:]
    parts = _parts(colours)
    far = _distances(parts[rest], parts[chosen]).min(axis=1)
    weight = np.sqrt(counts[rest])
    while len(chosen) < _MOST:
        best = int(np.argmax(far * weight))
        chosen.append(rest[best])
        far = np.minimum(far, _distances(parts[rest], parts[rest[best : best + 1]])[:, 0])
    palette: NDArray[np.uint32] = colours[np.sort(chosen)]
    return palette


def _nearest(colours: NDArray[np.uint32], chosen: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """For each of *colours* the place of the nearest one in *chosen*."""
    parts, goals = _parts(colours), _parts(chosen)
    pieces = np.array_split(parts, max(1, len(parts) // 4096))
    return np.concatenate([_distances(p, goals).argmin(axis=1) for p in pieces]).astype(np.uint8)


def _parts(colours: NDArray[np.uint32]) -> NDArray[np.float32]:
    return np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=-1).astype(np.float32)


def _distances(ones: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each of *ones* is from each of *others*, squared."""
    found: NDArray[np.float32] = ((ones[:, None, :] - others[None, :, :]) ** 2).sum(axis=2)
    return found
