from __future__ import annotations

import errno
import os
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from speech.store import Rendered, Store, key, remove, write_whole

SOUND = (("ulaw", b"\x01" * 8000), ("alaw", b"\x02" * 8000))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, limit=20_000)
    store.make_folders()
    return store


def test_a_key_depends_on_every_part_and_on_their_borders() -> None:
    assert key("a", 1) == key("a", "1")
    assert len({key("a", "b"), key("ab", ""), key("b", "a"), key("a", "b", "")}) == 4


def test_what_was_written_is_found(store: Store) -> None:
    assert store.find("x", keep=False) is None
    store.write(store.stem("x", keep=False), SOUND)
    found = store.find("x", keep=False)
    assert found == Rendered(store.stem("x", keep=False), 1.0)
    assert not store.is_kept(found)
    assert store.is_kept(Rendered(None, 1.0))
    assert os.stat(os.path.dirname(found.stem or "")).st_mode & 0o077 == 0


def test_half_a_pair_is_not_found(store: Store) -> None:
    stem = store.stem("x", keep=True)
    store.write(stem, SOUND)
    os.truncate(f"{stem}.alaw", 10)
    assert store.find("x", keep=True) is None
    os.unlink(f"{stem}.alaw")
    assert store.find("x", keep=True) is None


def test_a_text_that_becomes_fixed_is_kept_and_its_old_name_still_plays(store: Store) -> None:
    store.write(store.stem("x", keep=False), SOUND)
    kept = store.find("x", keep=True)
    assert kept == Rendered(store.stem("x", keep=True), 1.0)
    assert store.is_kept(kept)
    assert Path(f"{store.stem('x', keep=False)}.ulaw").exists()
    assert store.find("x", keep=False) == kept


def test_promotion_completes_a_pair_and_survives_a_full_disk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(store.stem("x", keep=False), SOUND)
    os.link(f"{store.stem('x', keep=False)}.ulaw", f"{store.stem('x', keep=True)}.ulaw")
    assert store.find("x", keep=True) == Rendered(store.stem("x", keep=True), 1.0)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store.write(store.stem("y", keep=False), SOUND)
    monkeypatch.setattr(os, "link", full)
    assert store.find("y", keep=True) == Rendered(store.stem("y", keep=False), 1.0)


def test_the_longest_unused_go_first_and_the_young_stay(store: Store) -> None:
    now = time.time()
    for name, age in (("old", 5000), ("older", 9000), ("young", 5)):
        store.write(store.stem(name, keep=False), SOUND)
        for law in ("ulaw", "alaw"):
            os.utime(f"{store.stem(name, keep=False)}.{law}", (now - age, now - age))
    store.write(store.stem("fixed", keep=True), SOUND)
    assert store.trim() == 32_000
    assert store.find("older", keep=False) is None
    assert store.find("old", keep=False) is None
    assert store.find("young", keep=False) is not None
    assert store.find("fixed", keep=True) is not None


def test_a_use_makes_a_sound_young_again(store: Store) -> None:
    for name in ("a", "b"):
        store.write(store.stem(name, keep=False), SOUND)
        for law in ("ulaw", "alaw"):
            os.utime(f"{store.stem(name, keep=False)}.{law}", (1, 1))
    assert store.find("a", keep=False) is not None
    assert store.trim() >= 12_000
    assert store.find("a", keep=False) is not None
    assert store.find("b", keep=False) is None


def test_left_over_temporary_files_go(store: Store, tmp_path: Path) -> None:
    new, old = tmp_path / "recent/x.ulaw.1.part", tmp_path / "recent/y.ulaw.1.part"
    new.write_bytes(b"")
    old.write_bytes(b"")
    os.utime(old, (1, 1))
    store.trim()
    assert new.exists()
    assert not old.exists()


def test_touching_what_is_gone_says_so(store: Store) -> None:
    assert not store.touch(Rendered(store.stem("gone", keep=False), 1.0))


def test_a_full_disk_leaves_nothing_half_written(store: Store) -> None:
    stem = store.stem("x", keep=True)
    os.symlink("/dev/full", f"{stem}.alaw.{os.getpid()}.part")
    with pytest.raises(OSError, match="No space left"):
        store.write(stem, SOUND)
    assert not list(Path(stem).parent.glob("x.*"))


def test_removing_is_no_error_twice(tmp_path: Path) -> None:
    write_whole(str(tmp_path / "x"), b"1")
    remove(str(tmp_path / "x"), str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()


def _write_and_look(folder: str) -> int:
    """Write one sound over and over; how often it was seen in pieces (never)."""
    store, torn = Store(Path(folder)), 0
    for _ in range(40):
        store.write(store.stem("x", keep=True), SOUND)
        found = store.find("x", keep=True)
        torn += found is None or found.seconds != 1.0
    return torn


def test_several_processes_write_the_same_sound(store: Store, tmp_path: Path) -> None:
    with get_context("spawn").Pool(2) as pool:
        assert pool.map(_write_and_look, [str(tmp_path)] * 2) == [0, 0]
    assert not list(tmp_path.glob("kept/*.part"))
