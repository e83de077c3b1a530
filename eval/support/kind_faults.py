"""Faults of kind, added as lines at the end of good code: what people and models write where Shortcuts stores a form.

Each fault draws its action, parameter and words from the catalogue, so that no list of cases decides the share found.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from random import Random
from typing import Any

from support.checker_damage import Damage, Maker, Sample
from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.content_types import content_types
from workflowllm.apis.model import Api, Parameter
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.identifiers import is_name
from workflowllm.shortcuts.model.plist_types import ActionDict

_APPLE = ("is.workflow.actions.", "com.apple.")
_NAMES = ("Work", "Groceries", "Pomodoro", "My list", "Home", "Trip to Rome", "2026 taxes", "Sleep", "Inbox", "Café")
_WORDS = ("seconds", "minutes", "hours", "second", "minute", "hour", "mins", "hrs", "day")
_SENTENCES = ("milk, eggs, bread", "hello", "Mon Tue Wed", "a-b-c", "Title\\nBody", "yes", "none", "first line")
_HEALTH = ("Body Mas", "Step Counter", "Pulse", "Mood", "Coffee", "Sleeping time", "Kilocalories", "Blood Suger")
_REFUSED = ("not-in-dialect",)
Slot = tuple[Api, Parameter]


@lru_cache(maxsize=32)
def slots(apis: Catalogue, type_: str, kind: str = "") -> tuple[Slot, ...]:
    """Every parameter of a kind of Apple's actions that a keyword can fill."""
    return tuple(
        (api, parameter)
        for api in apis.values()
        if api.identifier.startswith(_APPLE) and api.function
        for parameter in api.parameters
        if parameter.type == type_ and kind in ("", parameter.kind) and is_name(parameter.key) and not parameter.values
    )


def _added(
    sample: Sample, identifier: str, lines: str, expected: Iterable[str], is_right: Any = None
) -> Damage:
    code = sample.code.rstrip() + "\n" + lines + "\n"
    return Damage(code, [*sample.apis, identifier, BUILT_IN + "showresult"], (*expected, *_REFUSED), is_right)


def _last_value(actions: list[ActionDict], identifier: str, key: str) -> Any:
    for action in reversed(actions):
        if action["WFWorkflowActionIdentifier"] == identifier:
            return action["WFWorkflowActionParameters"].get(key)
    return None


def _plain(slot: Slot, sample: Sample, literal: str, form: str | None) -> Damage:
    """A plain literal where the parameter's kind has a stored form; without one, any form but a text is right."""
    api, parameter = slot

    def is_right(actions: list[ActionDict]) -> bool:
        stored = _last_value(actions, api.identifier, parameter.key)
        return isinstance(stored, dict) and form in (None, stored.get("WFSerializationType"))

    return _added(sample, api.identifier, f"{api.function}({parameter.key}={literal})", ["wrong-type"], is_right)


def duration_as_text(sample: Sample, apis: Catalogue, rng: Random) -> Damage:
    slot = rng.choice(slots(apis, "duration"))
    literal = rng.choice([repr(f"{rng.randint(1, 90)} {rng.choice(_WORDS)}"), str(rng.randint(1, 3600))])
    return _plain(slot, sample, literal, "WFQuantityFieldValue")


def focus_as_text(sample: Sample, apis: Catalogue, rng: Random) -> Damage:
    return _plain(rng.choice(slots(apis, "object", "Focus")), sample, repr(rng.choice(_NAMES)), None)


def entity_as_text(sample: Sample, apis: Catalogue, rng: Random) -> Damage:
    return _plain(rng.choice(slots(apis, "object")), sample, repr(rng.choice(_NAMES)), None)


def filter_as_text(sample: Sample, apis: Catalogue, rng: Random) -> Damage:
    slot = rng.choice(slots(apis, "filter"))
    literal = repr(f"Name {rng.choice(['is', 'contains', '=='])} {rng.choice(_NAMES)}")
    return _plain(slot, sample, literal, "WFContentPredicateTableTemplate")


def name_in_text_field(sample: Sample, apis: Catalogue, rng: Random) -> Damage:
    """A bare name where only a text with references shows; the compiler mends it."""
    fields = [("downloadurl", "WFURL"), ("text.replace", "WFInput"), ("getvalueforkey", "WFDictionaryKey"),
              ("setvalueforkey", "WFDictionaryValue"), ("speaktext", "WFText")]  # fmt: skip
    name, key = rng.choice(fields)
    api = apis[BUILT_IN + name]
    literal = rng.choice(["clipboard()", "shortcut_input()", "current_date()"])
    damage = _plain((api, api.by_key[key]), sample, literal, "WFTextTokenString")
    return damage._replace(expected=("bare-reference", *_REFUSED))


def wrong_property(sample: Sample, apis: Catalogue, rng: Random) -> Damage | None:
    types = content_types()
    makers = [api for api in apis.of_application("builtin").values() if types.of_output(api) and api.function]
    makers = [api for api in makers if not any(item.is_open for item in types.of_output(api))]
    api, other = rng.choice(makers), rng.choice(makers)
    known = {name for item in types.of_output(api) for name in item.properties}
    wrong = [name for item in types.of_output(other) for name in item.properties if name not in known]
    wrong = [name.replace(" ", "_") for name in wrong if is_name(name.replace(" ", "_"))]
    if not wrong:
        return None
    lines = f"planted = {api.function}()\nprint(planted.{rng.choice(wrong)})"
    return _added(sample, api.identifier, lines, ["unknown-property"])


def _text(rng: Random) -> tuple[str, str]:
    """(line that makes a text, the identifier of what it calls)."""
    text = rng.choice(_SENTENCES)
    return rng.choice(
        [(f'planted = "{text}"', "gettext"), (f'planted = f"{text} {{clipboard()}}"', "gettext"),
         ('planted = is_workflow_actions_text_combine(text=clipboard(), WFTextSeparator="Spaces")', "text.combine")]
    )  # fmt: skip


def text_compared(sample: Sample, _: Catalogue, rng: Random) -> Damage:
    line, name = _text(rng)
    test = f"planted {rng.choice(['<', '<=', '>', '>='])} {rng.randint(1, 99)}"
    if rng.random() < 0.3:
        line, name = f'planted = input("{rng.choice(_SENTENCES)}")', "ask"
    lines = f"{line}\nif {test}:\n    print(planted)"
    return _added(sample, BUILT_IN + name, lines, ["bad-comparison"], _compares_numbers)


def _compares_numbers(actions: list[ActionDict]) -> bool:
    """Whether the last question asks for a number, or the last test converts what it compares."""
    if _last_value(actions, BUILT_IN + "ask", "WFInputType") == "Number":
        return True
    tests = [action for action in actions if action["WFWorkflowActionParameters"].get("WFCondition") is not None]
    return bool(tests) and "WFNumberContentItem" in repr(tests[-1])


def loop_over_text(sample: Sample, _: Catalogue, rng: Random) -> Damage:
    line, name = _text(rng)
    lines = f"{line}\nfor planted_item in planted:\n    print(planted_item)"
    return _added(sample, BUILT_IN + name, lines, ["loop-over-text"])


def out_of_range(sample: Sample, apis: Catalogue, rng: Random) -> Damage:
    found = [slot for slot in slots(apis, "number") if slot[1].most == 1]
    api, parameter = rng.choice(found)
    lines = f"{api.function}({parameter.key}={rng.randint(2, 100)})"
    return _added(sample, api.identifier, lines, ["bad-value"])


def unit_in_words(sample: Sample, apis: Catalogue, rng: Random) -> Damage:
    api, parameter = rng.choice(slots(apis, "duration"))
    unit = rng.choice(["minutes", "seconds", "hours", "Minutes", "minute", "hour", "mins"])
    value = f'WFQuantityFieldValue(Magnitude="{rng.randint(1, 60)}", Unit="{unit}")'

    def is_right(actions: list[ActionDict]) -> bool:
        stored = _last_value(actions, api.identifier, parameter.key)
        return isinstance(stored, dict) and stored.get("Value", {}).get("Unit") in ("min", "sec", "hr")

    return _added(sample, api.identifier, f"{api.function}({parameter.key}={value})", ["bad-value"], is_right)


def health_type(sample: Sample, _: Catalogue, rng: Random) -> Damage:
    name = rng.choice(_HEALTH)
    lines = rng.choice(
        [f"is_workflow_actions_health_quantity_log(WFQuantitySampleType={name!r})",
         "planted = is_workflow_actions_filter_health_quantity("
         f'WFContentItemFilter=all_of(where("Type", "==", Enumeration={name!r})))']
    )  # fmt: skip
    identifier = BUILT_IN + ("filter.health.quantity" if "filter" in lines else "health.quantity.log")
    return _added(sample, identifier, lines, ["unlikely-value"])


def filter_over_other_property(sample: Sample, apis: Catalogue, rng: Random) -> Damage | None:
    types = content_types()
    kinds = [(slot, types.of_filter(slot[1])) for slot in slots(apis, "filter")]
    known = [(slot, item.filterable()) for slot, item in kinds if item and item.filterable()]
    ((api, parameter), names), (_, others) = rng.choice(known), rng.choice(known)
    wrong = [name for name in others if name not in names]
    if not wrong:
        return None
    value = f'all_of(where({rng.choice(wrong)!r}, "==", String="a"))'
    return _added(sample, api.identifier, f"{api.function}({parameter.key}={value})", ["unknown-property"])


def nothing_filled_in(sample: Sample, apis: Catalogue, rng: Random) -> Damage:
    # None of these does anything with the previous output alone.
    names = ("url", "alert", "runworkflow", "openapp", "addnewreminder", "addnewevent", "timer.start", "math",
             "sendmessage", "text.replace", "setvalueforkey", "setitemname", "number", "properties.images",
             "health.quantity.log", "text.match", "file.createfolder", "measurement.create")  # fmt: skip
    found = [BUILT_IN + name for name in names]
    identifier = rng.choice([name for name in found if name in apis])
    api = apis[identifier]
    return _added(sample, identifier, f"{api.function}()", ["nothing-filled-in", "missing-parameter"])


KIND_FAULTS: dict[str, Maker | Callable[..., Damage | None]] = {
    "duration as text": duration_as_text,
    "Focus as text": focus_as_text,
    "entity as text": entity_as_text,
    "filter as text": filter_as_text,
    "property of another type": wrong_property,
    "text compared by size": text_compared,
    "loop over a text": loop_over_text,
    "bare name in a text field": name_in_text_field,
    "number out of range": out_of_range,
    "unit in words": unit_in_words,
    "no such health type": health_type,
    "filter by another property": filter_over_other_property,
    "nothing filled in": nothing_filled_in,
}
