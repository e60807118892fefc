"""Asks a running server through its API, for commands."""

from __future__ import annotations

import argparse
import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from cordboard.config import Api, ConfigError
from cordboard.config.services import read_api
from cordboard.config.tables import Table

TOKEN = "CORDBOARD_TOKEN"
"""The environment variable of a token."""
_TIMEOUT = 30.0


class ApiError(Exception):
    """The server did not do it; the message says why, and what to do."""


def add_connection(parser: argparse.ArgumentParser) -> None:
    """How to reach the server, and how to print."""
    _add_options(parser, config=Path("cordboard.toml"), server=None, token=None, json=False)


def add_command(commands: Any, name: str, doing: Any, help: str) -> argparse.ArgumentParser:
    """A command below one with a connection, whose options may stand behind it, too."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    parser.set_defaults(doing=doing)
    given = argparse.SUPPRESS
    _add_options(parser, config=given, server=given, token=given, json=given)
    return parser


def _add_options(parser: argparse.ArgumentParser, **defaults: Any) -> None:
    parser.add_argument(
        "--config",
        type=Path,
        default=defaults["config"],
        metavar="FILE",
        help="the server's configuration, which has address and token (cordboard.toml)",
    )
    parser.add_argument(
        "--server",
        default=defaults["server"],
        metavar="URL",
        help="a server elsewhere, http://HOST:8080",
    )
    parser.add_argument(
        "--token",
        default=defaults["token"],
        metavar="TOKEN",
        help=f"of that server; default: ${TOKEN}, or the configuration",
    )
    parser.add_argument(
        "--json", action="store_true", default=defaults["json"], help="for programs"
    )


def in_path(name: str) -> str:
    """A name or id as a part of an address; ids of callbacks have slashes."""
    return quote(name, safe="/")


class ApiClient:
    """One server. Every method raises `ApiError`."""

    def __init__(self, server: str, token: str) -> None:
        self._server = server.rstrip("/")
        self._client = httpx.Client(
            base_url=self._server,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT,
            trust_env=False,  # the token is for this server, not for a proxy
        )

    def get(self, path: str, **query: Any) -> Any:
        """What the server answers."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return self._answer(self._client.build_request("GET", path, params=given))

    def post(self, path: str, **body: Any) -> Any:
        """What the server answers to an action."""
        return self._answer(self._client.build_request("POST", path, json=body))

    def put(self, path: str, **body: Any) -> Any:
        """The same for something that is set."""
        return self._answer(self._client.build_request("PUT", path, json=body))

    def delete(self, path: str) -> Any:
        """The same for something that is taken away."""
        return self._answer(self._client.build_request("DELETE", path))

    def _answer(self, request: httpx.Request) -> Any:
        try:
            answer = self._client.send(request)
        except (httpx.HTTPError, UnicodeError) as error:
            raise ApiError(
                f"no server answers at {self._server} ({error}); is `cordboard serve` running"
                " with this configuration, and does it have [api]?"
            ) from None
        if answer.is_success:
            return answer.json() if answer.content else None
        raise ApiError(_told(answer))


def _told(answer: httpx.Response) -> str:
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return f"the server answered {answer.status_code}; is this a Cordboard server?"
    if isinstance(detail, list):  # what was sent does not fit
        return "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in detail)
    return str(detail)


def connect(args: argparse.Namespace) -> ApiClient:
    """The server that *args* name. Raises `ApiError`."""
    token = args.token or os.environ.get(TOKEN, "")
    if args.server:
        if not args.server.startswith(("http://", "https://")):
            raise ApiError(f"--server: {args.server!r} is no web address; write http://HOST:8080")
        if not token:
            raise ApiError(f"--server needs --token too, or the environment's {TOKEN}")
        return ApiClient(args.server, token)
    api = _api_of(args.config)
    return ApiClient(_address(api), token or _token(api))


def _api_of(path: Path) -> Api:
    """``[api]`` of a configuration; the rest of it may need secrets that are not here."""
    try:
        top = Table(tomllib.loads(path.read_text(encoding="utf-8")), "", path.resolve().parent)
        api = read_api(top, path.resolve().parent)
    except FileNotFoundError:
        raise ApiError(
            f"{path}: No such file or directory; name the server's configuration with --config, or"
            " the server with --server and --token"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ConfigError) as error:
        raise ApiError(f"{path}: {error}") from None
    if api is None:
        raise ApiError(f"{path}: has no [api]; add the line  [api]  and start the server again")
    return api


def _address(api: Api) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(api.host, api.host)
    return f"http://[{host}]:{api.port}" if ":" in host else f"http://{host}:{api.port}"


def _token(api: Api) -> str:
    if api.token:
        return api.token
    try:
        return api.token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ApiError(
            f"{api.token_file}: {error}; the server makes this file when it is started"
        ) from None
