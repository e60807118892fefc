"""How an analyst draws the gas company's hotline, chapter by chapter, by the many ways there are.

One port is forgotten: ``not_found`` of the node that reads the report's number back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from analyst_kit import Analyst

MESSAGE_KEPT: Final = {
    "English": "Your message is kept. We will call you back.",
    "中文": "您的留言已保存，我们会给您回电。",
}
"""The one prompt that the folder lacks."""


def variables(me: Analyst) -> None:
    for name, kind, first in (
        ("account", "record?", ""),
        ("meter", "text", '""'),
        ("kind", "text", '"other"'),
        ("report", "record?", ""),
        ("message", "recording?", ""),
    ):
        me.declare(name, kind, first)


def opening_hours(me: Analyst) -> None:
    me.click_palette("Business hours")
    me.name_node("hours", "Open now?")
    me.type_in_field("Calendar", "off")
    me.press("Down")
    me.press("Return")


def main_menu(me: Analyst) -> None:
    me.click_palette("Menu")
    me.name_node("menu", "Main menu")
    me.choose_prompt("Welcome to City Gas")
    me.type_in_field("Wrong key", 't"menu.inv')
    me.press("Tab")
    for key, words in (("1", "Balance"), ("2", "Repairs"), ("0", "Operator")):
        me.draw_key(key, words)


def balance(me: Analyst) -> None:
    me.drag_port_away("menu", 1, "Database lookup")
    me.name_node("balance", "Balance by caller")
    look_up(me, "select name, owed from accounts where phone = :phone", "account")
    me.type_in_field("Value of phone", "call.caller")


def look_up(me: Analyst, sql: str, into: str) -> None:
    me.type_in_field("Source", "gas")
    me.type_in_field("SQL", sql)
    me.type_in_field("Into variable", into)


def account_number(me: Analyst) -> None:
    me.drag_port_away("balance", "not_found", "Digits")
    me.name_node("ask_account", "Account number?")
    me.choose_prompt("account.ask")
    me.type_in_field("Min", "6")
    me.type_in_field("Max", "6")
    me.type_in_field("Into variable", "number")
    me.click_palette("Database lookup")
    me.name_node("balance_by_number", "Balance by account")
    look_up(me, "select name, owed from accounts where number = :number", "account")
    me.type_in_field("Value of number", "number")
    me.drag_port_away("balance_by_number", "not_found", "Say")
    me.name_node("unknown_account")
    me.choose_prompt("account.unknown")


def owed_or_not(me: Analyst) -> None:
    me.add("If")
    me.name_node("owes", "Anything owed?")
    me.type_in_field("When", "number(acc")
    me.press("Tab")
    me.type("?.owed ?? 0) > 0")
    me.select("balance")
    me.lead("found", "Anything owed")
    me.select("balance_by_number")
    me.connect_by_keyboard("found", "Anything owed")
    me.select("owes")
    me.click_palette("Say")
    me.name_node("tell_owed", "Tell the balance")
    me.choose_prompt("balance.owed")
    me.choose_in_menu_of("What kind of sound it is", "Several in turn")
    me.click_in_form("Add sound")
    me.choose_in_menu_of_row("item 2", "Silence")
    me.type_in_field("item 2", "silence(300ms)")
    me.click_in_form("Add sound")
    me.choose_in_menu_of_row("item 3", "A prompt of the table")
    me.choose("thanks")
    me.lead("next", "Main menu")
    me.press_on_canvas("/")
    me.choose("Say")
    me.name_node("tell_paid")
    me.type_in_field("Text", 't"balance.paid"')
    me.lead("next", "Main menu")
    me.drag_port("owes", "false", "tell_paid")


def meter_number(me: Analyst) -> None:
    me.select("tell_paid")
    me.drag_from_palette("Digits", 320, 400)
    me.name_node("meter", "Meter number?")
    me.choose_prompt("repair.meter")
    me.type_in_field("Min", "4")
    me.type_in_field("Max", "8")
    me.type_in_field("Into variable", "meter")
    me.drag_port("menu", 2, "meter")
    me.select("meter")
    me.connect_by_keyboard("next", "Menu")
    me.name_node("what", "What is wrong?")
    me.choose_prompt("repair.kinds")
    for key, words in (("1", "Smell of gas"), ("2", "No gas"), ("3", "Something else")):
        me.draw_key(key, words)


def leak_or_not(me: Analyst) -> None:
    me.drag_port_away("what", 1, "Set")
    me.name_node("leak")
    me.assign("kind", '"leak"')
    me.search_palette("say")
    me.name_node("warn", "Safety first")
    me.choose_prompt("repair.leak")
    me.untick("Interruptible")
    me.add("Set")
    me.name_node("no_gas")
    me.assign("kind", '"no gas"')
    me.select("what")
    me.lead("2", "no_gas")


def report_saved(me: Analyst) -> None:
    me.select("no_gas")
    me.click_palette("Database change")
    me.name_node("save", "Save the report")
    me.type_in_field("Source", "gas")
    me.paste_in_field(
        "SQL",
        "insert into repairs (phone, meter, kind, reported_at)\n"
        "values (:phone, :meter, :kind, :at)",
    )
    for name, value in (
        ("phone", "call.caller"),
        ("meter", "meter"),
        ("kind", "kind"),
        ("at", "text(now())"),
    ):
        me.type_in_field(f"Value of {name}", value)
    me.drag_port("warn", "next", "save")
    me.drag_port("what", 3, "save")
    me.drag_port("what", "failed", "save")
    me.select("save")
    me.click_palette("Database lookup")
    me.name_node("read_back", "Its number")
    look_up(
        me,
        "select number from repairs where phone = :phone and meter = :meter\norder by number desc",
        "report",
    )
    me.type_in_field("Value of phone", "call.caller")
    me.type_in_field("Value of meter", "meter")
    me.type_in_field("Max rows", "1")
    me.click_palette("Say")
    me.name_node("saved")
    me.choose_prompt("repair.saved")
    me.click_palette("Switch")
    me.name_node("leak_goes_on", "A leak goes to a person")
    me.type_in_field("On", "kind")
    me.draw_value("leak")


def operator(me: Analyst) -> None:
    me.click_palette("Dial")
    me.name_node("operator", "Operator")
    me.type_in_field("To", "1001")
    me.type_in_field("Timeout", "20s")
    me.drag_port_away("operator", "busy", "Say")
    me.name_node("operator_busy")
    me.choose_prompt("operator.busy")
    me.drag_port("operator", "no_answer", "operator_busy")
    me.drag_port("operator", "failed", "operator_busy")
    me.drag_port("menu", 0, "operator")
    me.drag_port("ask_account", "failed", "operator")
    me.drag_port("unknown_account", "next", "operator")
    me.select("meter")
    me.lead("failed", "Operator")


def night(me: Analyst) -> None:
    me.select("operator_busy")
    me.add("Say")
    me.name_node("night")
    me.choose_prompt("Our office is closed")
    me.drag_port("hours", "closed", "night")
    me.select("night")
    me.click_palette("Record")
    me.name_node("night_message", "Leave a message")
    me.choose_prompt("message.ask")
    me.type_in_field("Max length", "1m")
    me.type_in_field("Into variable", "message")
    me.drag_port("operator_busy", "next", "night_message")
    me.select("night_message")
    me.click_palette("Database change")
    me.name_node("keep", "Note the message")
    me.type_in_field("Source", "gas")
    me.paste_in_field(
        "SQL",
        "insert into messages (phone, seconds, file, left_at)\n"
        "values (:phone, :seconds, :file, :at)",
    )
    for name, value in (
        ("phone", "call.caller"),
        ("seconds", "message?.seconds ?? 0"),
        ("file", 'message?.path ?? ""'),
        ("at", "text(now())"),
    ):
        me.type_in_field(f"Value of {name}", value)
    me.click_palette("Say")
    me.name_node("message_kept")
    me.new_prompt("message.kept", MESSAGE_KEPT)


def endings(me: Analyst) -> None:
    me.click_palette("Say")
    me.name_node("goodbye")
    me.choose_prompt("goodbye")
    me.untick("Interruptible")
    me.add("Say")
    me.name_node("trouble", "Something failed")
    me.choose_prompt("trouble")
    me.click_palette("Hang up")
    me.name_node("end")
    me.drag_port("goodbye", "next", "end")
    for node, port in (
        ("menu", "failed"),
        ("leak_goes_on", "else"),
        ("operator", "answered_ended"),
        ("night_message", "too_short"),
        ("night_message", "failed"),
    ):
        me.drag_port(node, port, "goodbye")
    for node in ("balance", "balance_by_number"):
        me.select(node)
        me.lead_errors("Something failed")
    me.press_on_canvas("Ctrl+Shift+L")
    me.click_empty_place()
    me.lead("On error", "Something failed")


DRAWING: Final[tuple[Callable[[Analyst], None], ...]] = (
    variables, opening_hours, main_menu, balance, account_number, owed_or_not, meter_number,
    leak_or_not, report_saved, operator, night, endings,
)  # fmt: skip
