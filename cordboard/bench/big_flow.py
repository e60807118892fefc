"""A flow of any size as people write them: menus, digits, lookups, conditions, slots, loops."""

from __future__ import annotations

from typing import Final

_HEAD: Final = """flow big "A big flow"
schema 1
var tries: number = 0
var note: text?
var kind: text = "other"

start -> menu0
on_error -> sorry

"""
_BLOCK: Final = """# --- part {i}
node menu{i}: menu "Menu {i}"
  prompt = "For billing press 1, for repairs 2. You have tried {{tries}} times."
  attempts = 3
  1 "Billing" -> ask{i}
  2 "Repairs" -> count{i}
  failed -> bye

node ask{i}: digits "Account number?"
  prompt = "Please key in your account number, {{kind}}."
  min = 6
  max = 6
  into = number{v}
  -> look{i}
  failed -> say{i}

node look{i}: db_lookup "The account"
  source = "billing"
  sql = "select owed from accounts where number = :number and phone = :phone"
  bind = {{number: number{v}, phone: call.caller}}
  into = account{v}
  found -> tell{i}
  not_found -> say{i}

node tell{i}: say
  text = ["You owe {{account{v}.owed:money}}.", silence(300ms), "Thank you."]
  -> say{i}

node count{i}: set
  tries = tries + 1
  kind = "repair {{tries}}"
  contact.level = kind
  -> if{i}

node if{i}: if "Too many?"
  when = tries > 3 and note != none
  true -> say{i}
  false -> menu{n}

node say{i}: say
  text = "You are caller {{call.caller:digits}}, and this is number {{tries}}."
  -> menu{n}

"""
_TAIL: Final = """node bye: hangup

node sorry: say
  text = "Sorry, something does not work."
  -> bye
"""
SOURCE: Final = "billing"
"""The data source that it asks."""


def big_flow(nodes: int) -> str:
    """The text of a flow of about *nodes* nodes, without a mistake."""
    parts = max(1, round((nodes - 2) / 7))
    blocks = [_BLOCK.format(i=i, n=(i + 1) % parts, v=i % 50) for i in range(parts)]
    return _HEAD + "".join(blocks) + _TAIL
