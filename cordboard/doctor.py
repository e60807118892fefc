"""What is installed or missing on this machine, and what to do about each."""

from __future__ import annotations

import ctypes.util
import importlib.util
import resource
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cordboard.config import Config

FILES_A_CALL = 3
"""Descriptors one call needs: RTP, RTCP, and its share of recordings and databases."""


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: what was looked at, how it is, and what to do if it is not well."""

    what: str
    state: Literal["ok", "note", "bad"]
    text: str
    advice: str = ""


def examine(config: Config | None) -> Iterator[Finding]:
    """Look at the machine, and at what *config* needs of it."""
    yield _python()
    yield from _packages()
    yield from _plugins()
    yield from _speech()
    yield _descriptors(config)
    if config is None:
        yield Finding(
            "configuration", "note", "none given", "name one with --config to check its ports"
        )
        return
    yield from _ports(config)
    yield from _flows(config)
    yield _address(config)
    for section in config.later:
        yield Finding(
            f"[{section}]", "note", "has no effect in this version", "it may stay in the file"
        )


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", "ok", version)


def _packages() -> Iterator[Finding]:
    wanted = {
        "PySide6": ("designer", "the designer"),
        "pyVoIP": ("pyvoip", "the pyvoip backend"),
        "psycopg": ("postgresql", "PostgreSQL data sources"),
    }
    for module, (extra, use) in wanted.items():
        if importlib.util.find_spec(module):
            yield Finding(module, "ok", "installed")
        else:
            advice = f"only needed for {use}: pip install 'cordboard[{extra}]'"
            yield Finding(module, "note", "not installed", advice)


def _plugins() -> Iterator[Finding]:
    from cordboard.plugin_report import plugin_report

    for told, well in plugin_report():
        if well:
            yield Finding("plug-in", "ok", told)
        else:
            yield Finding("plug-in", "bad", told, "update it, or uninstall it")


def _speech() -> Iterator[Finding]:
    for what, found, package in (
        ("libespeak-ng", ctypes.util.find_library("espeak-ng"), "libespeak-ng1"),
        ("espeak-ng", shutil.which("espeak-ng"), "espeak-ng"),
    ):
        if found:
            yield Finding(what, "ok", found)
        else:
            yield Finding(what, "bad", "not found", f"apt-get install {package}")
    spandsp = ctypes.util.find_library("spandsp")
    yield Finding(
        "libspandsp",
        "ok" if spandsp else "note",
        spandsp or "not found",
        ""
        if spandsp
        else "in-band keys are then heard by a slower detector; apt-get install libspandsp2",
    )


def _descriptors(config: Config | None) -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    calls = config.sip.max_calls if config else 1000
    need = calls * FILES_A_CALL + 256
    text = f"limit {soft} (may be raised to {hard}), {need} wanted for {calls} calls"
    if hard < need:
        return Finding(
            "descriptors", "bad", text, "raise it (LimitNOFILE= in systemd) or lower sip.max_calls"
        )
    return Finding("descriptors", "ok", text)


def _ports(config: Config) -> Iterator[Finding]:
    for listen in config.sip.listen:
        what = f"{listen.transport} {listen.host}:{listen.port}"
        family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((listen.host, listen.port))
                yield Finding(what, "ok", "free")
            except OSError as error:
                advice = "fine when it is our own server (cordboard status), else end that program"
                yield Finding(what, "note", f"{error.strerror}", advice)
    low, high = config.sip.media.ports
    pairs, calls = (high - low + 1) // 2, config.sip.max_calls
    enough = pairs >= calls
    yield Finding(
        "RTP ports",
        "ok" if enough else "bad",
        f"{low}-{high}: {pairs} pairs for {calls} calls (a bridged call takes two)",
        "" if enough else "widen sip.media_ports",
    )


def _flows(config: Config) -> Iterator[Finding]:
    for number, path in config.numbers.items():
        if path.is_file():
            yield Finding(f"number {number}", "ok", str(path))
        else:
            yield Finding(f"number {number}", "bad", f"{path}: no such file", "correct [numbers]")


def _address(config: Config) -> Finding:
    if config.sip.public_address:
        return Finding("public address", "ok", f"{config.sip.public_address} (configured)")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: the kernel only picks an address
            found = probe.getsockname()[0]
        except OSError:
            return Finding("address", "note", "no route outwards: only this machine can call")
    return Finding(
        "address", "ok", f"{found} towards the outside", "behind NAT set sip.public_address"
    )
