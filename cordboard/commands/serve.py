"""Answer calls until SIGTERM; a second signal ends at once."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import logging
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cordboard.config import Config, ConfigError, load_config

if TYPE_CHECKING:
    from cordboard.server import Server

log = logging.getLogger("server")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard serve``."""
    parser.add_argument("--config", type=Path, default=Path("cordboard.toml"))
    parser.add_argument("--trace", type=Path, help="write every event of every call to this file")
    parser.add_argument(
        "--host", help="listen on this address instead, and admit the network it is in"
    )
    parser.add_argument("--port", type=int, help="listen on this port instead")


def run(args: argparse.Namespace) -> int:
    """Serve; exit 1 when the configuration or a flow has errors, all of which are printed."""
    from cordboard import logs

    try:
        config = _elsewhere(load_config(args.config), args.host, args.port)
    except ConfigError as error:
        print(f"cordboard serve: {error}", file=sys.stderr)
        return 1
    logs.set_up(config.logging.level)
    for section in config.later:
        log.warning("[%s] has no effect in this version", section)
    return asyncio.run(_serve(config, args.trace))


async def _serve(config: Config, trace: Path | None) -> int:
    from cordboard.server import Server
    from flow_runtime.library import FlowErrors
    from telephony.line import LineError

    stop, now, gave_way = asyncio.Event(), asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked(signal_name: str) -> None:
        if stop.is_set():
            log.warning("%s again: ending at once", signal_name)
            now.set()
        else:
            log.info(
                "%s: no new calls, up to %g s for those in progress", signal_name, config.drain
            )
            stop.set()

    def lost(reason: str) -> None:
        log.critical("%s; ending at once", reason)
        gave_way.set()
        stop.set()
        now.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number.name)
    try:
        server = Server(config, trace, lost)
        await server.start()
    except FlowErrors as errors:
        print("\n".join(errors.lines), file=sys.stderr)
        print("cordboard serve: these flows have errors; nothing is served", file=sys.stderr)
        return 1
    except (ConfigError, LineError) as error:
        print(f"cordboard serve: {error}", file=sys.stderr)
        return 1
    _greet(config)
    await stop.wait()
    await _drain(server, config.drain, now)
    return 1 if gave_way.is_set() else 0


async def _drain(server: Server, drain: float, now: asyncio.Event) -> None:
    stopping = asyncio.ensure_future(server.stop(drain))
    hurry = asyncio.ensure_future(now.wait())
    await asyncio.wait({stopping, hurry}, return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        stopping.cancel()
        await asyncio.wait({stopping})
        await server.stop(0.0)
    hurry.cancel()


def _greet(config: Config) -> None:
    if config.pyvoip is not None:
        pbx = config.pyvoip
        print(f"Serving {', '.join(config.numbers)}: extension {pbx.user} of {pbx.host}:{pbx.port}")
    else:
        _greet_sip(config)
    flow = next(iter(config.numbers.values()), None)
    shown = f" {shlex.quote(os.path.relpath(flow))}" if flow is not None else ""
    print(f"To draw: {shlex.quote(sys.argv[0])} design{shown}", flush=True)
    print("To stop: Ctrl-C", flush=True)


def _greet_sip(config: Config) -> None:
    if config.numbers:
        listen = config.sip.listen[0]
        numbers = ", ".join(config.numbers)
        print(
            f"Serving {numbers}: call sip:{next(iter(config.numbers))}@{listen.host}:{listen.port}"
        )
    for phone in config.sip.phones:
        print(f"Telephone {phone.name}: user {phone.name}, password as in the configuration")


def _elsewhere(config: Config, host: str | None, port: int | None) -> Config:
    """*config* listening on *host* and *port*, admitting the network of *host*."""
    if host is None and port is None:
        return config
    from ipaddress import ip_address, ip_network

    sip = config.sip
    first = sip.listen[0]
    listen = dataclasses.replace(first, host=host or first.host, port=port or first.port)
    allow = sip.allow
    if host is not None:
        try:
            address = ip_address(host)
        except ValueError:
            raise ConfigError(f"--host {host!r} is no address; write 192.168.1.10") from None
        if not address.is_loopback and not address.is_unspecified:
            width = 24 if address.version == 4 else 64
            allow = (*allow, ip_network(f"{address}/{width}", strict=False))
    changed = dataclasses.replace(sip, listen=(listen, *sip.listen[1:]), allow=allow)
    return dataclasses.replace(config, sip=changed)
