"""What a person sees and is asked: results, alerts, notifications, prompts, lists, the clipboard."""

from typing import Any

from workflowllm.runtime.answering import Prompt, chosen
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce
from workflowllm.runtime.endings import Cancelled
from workflowllm.runtime.items import Dictionary, Item, Thing, Value
from workflowllm.runtime.properties import name_of
from workflowllm.runtime.rule import PASSES, ActionRule


def show_result(call: Call) -> None:
    call.effect("show", text=call.text("Text"), items=_things(call, call.content("Text")))


def _things(call: Call, value: Value) -> list[Any] | None:
    """The items that are more than text; None where there are none."""
    shown = call.shown_items(value)
    return shown if any(isinstance(item, dict) for item in shown) else None


def alert(call: Call) -> None:
    """Fact 57: Cancel stops the shortcut, OK goes on."""
    title, text = call.text("WFAlertActionTitle"), call.text("WFAlertActionMessage")
    call.effect("alert", text=text, title=title)
    prompt = Prompt("alert", (title, text))
    if call.boolean("WFAlertActionCancelButtonShown", True) and call.session.answers.cancels(prompt):
        raise Cancelled()


def notify(call: Call) -> None:
    text = call.text("WFNotificationActionBody")
    value = call.value("WFInput") if call.has("WFInput") else None
    items = _things(call, value) if value else None
    call.effect("notify", text=text, title=call.text("WFNotificationActionTitle"), items=items)


def quick_look(call: Call) -> None:
    value = call.input
    full = call.boolean("WFQuickLookActionFullScreen")
    call.effect("preview", text=call.run.text_of(value), items=call.shown_items(value), full_screen=full or None)


def ask(call: Call) -> Item | None:
    """Fact 132: text, number, URL or date."""
    prompt, kind = call.text("WFAskActionPrompt"), call.choice("WFInputType", "Text")
    wants = {"Number": "number", "URL": "url", "Date": "date", "Time": "date", "Date and Time": "date"}.get(
        kind, "text"
    )
    answer = call.item_of(call.ask(Prompt("ask", (prompt,), wants)))
    if answer is None:
        return None
    if wants == "text":
        return call.text_of(answer)
    item = coerce(answer, wants, call.world)
    if item is None:
        call.fail(f"Ask for Input takes a {kind.lower()}, and the answer is {call.text_of(answer)[:60]!r}")
    return item


def choose_from_list(call: Call) -> list[Item] | None:
    """Fact 72: the chosen item, or several."""
    items = _choices(call.value("WFInput").items)
    titles = tuple(_title(call, item) for item in items)
    many = call.boolean("WFChooseFromListActionSelectMultiple")
    prompt = Prompt("choose", (call.text("WFChooseFromListActionPrompt"),), choices=titles, many=many)
    answer = call.ask(prompt, items=list(titles))
    positions = chosen(answer, prompt)
    if len(positions) > 1 and not many:
        call.fail("Choose from List takes one item, and several are answered")
    return [_picked(items[position]) for position in positions]


def _choices(items: tuple[Item, ...]) -> list[Any]:
    """What a list offers: the items, or a lone dictionary's keys with their values."""
    if len(items) == 1 and type(items[0]) is Dictionary:
        return list(items[0].entries.items())
    return [(None, item) for item in items]


def _title(call: Call, choice: tuple[str | None, Item]) -> str:
    key, item = choice
    if key is not None:
        return key
    return name_of(item, call.world) if type(item) is Thing else call.text_of(item)


def _picked(choice: tuple[str | None, Item]) -> Item:
    return choice[1]


def get_clipboard(call: Call) -> Value:
    return call.run.marked(call.world.clipboard)


def set_clipboard(call: Call) -> None:
    value = call.content("WFInput") if call.has("WFInput") else call.input
    call.world.clipboard = Value(value.items, value.made_up or call.run.made_up, value.bytes)
    call.effect("clipboard", value=value)


ACTIONS: dict[str, ActionRule] = {
    "showresult": ActionRule(show_result, input="Text", flow=PASSES),
    "alert": ActionRule(alert, flow=PASSES),
    "notification": ActionRule(notify, input="WFInput", flow=PASSES),
    "previewdocument": ActionRule(quick_look, input="WFInput", flow=PASSES),
    "ask": ActionRule(ask, gives="text"),
    "choosefromlist": ActionRule(choose_from_list, input="WFInput", gives="any"),
    "getclipboard": ActionRule(get_clipboard, gives="any"),
    "setclipboard": ActionRule(set_clipboard, input="WFInput", flow=PASSES),
}
