"""Whatever is sent, every route answers in order and the server goes on."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from desk_api_kit import TOKEN, routes_of, site

NASTY: tuple[Any, ...] = (
    "\ud800", "\0", "a" * 20_000, "", "..", "../../etc", "%00", "\u202e你好", "1001", "c1", "NaN",
    "repairs", "1001\r\nX: y", "Infinity", -1, 1e308, 10**30, None, True, [], {}, {"a": 1},
)  # fmt: skip
TEXTS = [one for one in NASTY if isinstance(one, str)]
NAMES = (
    "name", "password", "epoch", "action_id", "reason", "busy", "contact", "to", "how", "state",
    "locked", "mode", "seat", "role", "text", "activates",
)  # fmt: skip
ASKED = ("since", "until", "limit", "queue", "number", "interval", "before", "state", "kind")


async def test_nonsense(tmp_path: Path) -> None:
    chance = random.Random(7)
    async with site(tmp_path) as running, running.client(TOKEN) as asked:
        running.staffed("1001")
        running.waits("c1", "sales")
        routes = routes_of(running.api._app)

        def part(_: re.Match[str]) -> str:
            return quote(chance.choice(TEXTS)[:300], errors="surrogatepass") or "x"

        for _ in range(400):
            route = chance.choice(routes)
            (method,) = route.methods
            path = re.sub(r"\{[^}]*\}", part, route.path)
            body = {name: chance.choice(NASTY) for name in chance.sample(NAMES, 3)}
            query = {
                name: str(chance.choice(NASTY))[:500].encode("utf-8", "surrogatepass")
                for name in chance.sample(ASKED, 2)
            }
            answer = await asked.request(
                method,
                f"{path}?{urlencode(query)}",
                content=json.dumps(body) if chance.random() < 0.95 else b'{"name": "\xff',
                headers={"content-type": "application/json"},
            )
            assert answer.status_code < 500, (method, path, query, body)
        assert (await asked.get("/api/desk")).status_code == 200
        body = {"name": ["a secret"], "password": {"a": "another secret"}}
        told = await asked.post("/api/session", json=body)
        assert told.status_code == 422 and "secret" not in told.text, "passwords are not sent back"
