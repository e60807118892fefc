import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cordboard.config import ConfigError
from cordboard.control import ControlServer, NoServer, ask


async def _answer(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"asked": request["do"], "path": Path("/x")}


async def test_a_question_is_answered_also_below_a_long_path(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 30)
    server = ControlServer(folder, _answer)
    await server.start()
    assert server.path.stat().st_mode & 0o777 == 0o600
    reply = await asyncio.to_thread(ask, folder, {"do": "status"})
    assert reply == {"asked": "status", "path": "/x"}
    await server.stop()
    assert not server.path.exists()


async def test_nonsense_gets_an_error_and_the_server_lives(tmp_path: Path) -> None:
    server = ControlServer(tmp_path, _answer)
    await server.start()
    reader, writer = await asyncio.open_unix_connection(server.path)
    writer.write(b"what?\n")
    assert b"not understood" in await reader.readline()
    writer.close()
    reader, writer = await asyncio.open_unix_connection(server.path)
    writer.write(b"[]\n")
    assert b'such as {\\"do\\": \\"status\\"}' in await reader.readline()
    writer.close()
    assert (await asyncio.to_thread(ask, tmp_path, {"do": "x"}))["asked"] == "x"
    await server.stop()


async def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="state: the folder .*/file/state cannot be written: Not"):
        await ControlServer(tmp_path / "file/state", _answer).start()


def test_no_server_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoServer, match="cordboard serve"):
        ask(tmp_path, {"do": "status"})
    with pytest.raises(NoServer, match="cordboard serve"):
        ask(tmp_path / "nowhere", {"do": "status"})


async def test_a_socket_left_behind_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "control.sock").touch()
    server = ControlServer(tmp_path, _answer)
    await server.start()
    assert (await asyncio.to_thread(ask, tmp_path, {"do": "y"}))["asked"] == "y"
    await server.stop()
