"""An API's document, as JSON and as a Python stub, and the files that hold the documents of all APIs."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from workflowllm.apis.content_types import Property, content_types, own_properties
from workflowllm.apis.model import HINTS, Api, Parameter, Returns, one_line, published_key
from workflowllm.apis.pickles import release_pickle
from workflowllm.runs.output_files import whole_file
from workflowllm.shortcuts.model.identifiers import is_name

DOCUMENTS = ("identifier2json.json", "identifier2python.py", "identifier2json.pkl", "identifier2python.pkl")
# How a value of each hint is written that is no plain Python, and of the kinds of object that have words of their own.
_LITERALS = {
    "Variable": "a name", "File": "a name", "Object": "a name",
    "Date": '"2026-12-24 18:00" or f"{name}"', "Duration": '"25 minutes"', "Quantity": 'quantity("5 km")',
    "Filter": 'all_of(where("Name", "contains", String="a")), with Number=, Bool=, Date= or Enumeration= for others',
    "Location": 'a name or location("Kyiv", 50.45, 30.52)', "Contact": 'a name or contact("Ada", email="a@b.org")',
    "Color": 'color("#ff8000")', "App": 'app("com.apple.camera")', "Shortcut": 'shortcut("Log")', "Focus": '"Work"',
}  # fmt: skip
_NO_LIMIT = 1e6  # a larger limit is none


def json_document(api: Api) -> dict[str, Any]:
    """The API as plain data. Unknown fields are left out, except `returns`, which is then None."""
    returns = None
    if api.returns:
        properties = {name: item.type for name, item in _returned_properties(api).items()}
        returns = {"type": api.returns.type, "kind": api.returns.kind, "name": api.returns.name}
        returns = _without_blanks(returns | {"properties": properties})
    return {
        "identifier": api.identifier,
        "function": api.function,
        "name": api.name,
        "description": describe(api),
        "parameters": [_json_parameter(parameter) for parameter in api.parameters],
        "returns": returns,
        "source": api.source,
    }


def python_stub(api: Api) -> str | None:
    """The API as a documented stub that parses, or None where no Python name calls it.

    Allowed values, and the properties that a filter can be over, stand in the signature, which a shorter form keeps.
    A key that is not a Python name cannot stand in a signature. The docstring describes it, and a call passes it as
    `**{"key": value}`.
    """
    if api.function is None:
        return None
    named = [_argument(parameter) for parameter in api.parameters if is_name(parameter.key)]
    rest = ["**others: Any"] if len(named) < len(api.parameters) else []
    star = ["*"] if named else []
    returned = HINTS[api.returns.type] if api.returns else "None"
    head = f"def {api.function}({', '.join(star + named + rest)}) -> {returned}:"
    return "\n".join([head, *("    " + line if line else "" for line in _docstring(api))]) + "\n"


def kind_literals(apis: Iterable[Api]) -> str:
    """How the values of these APIs' parameters are written, each kind once; "" where all are plain Python."""
    used = {
        name
        for api in apis
        for parameter in api.parameters
        for name in (HINTS[parameter.type], parameter.kind if parameter.type == "object" else "")
    }
    lines = [f"{name}: {written}" for name, written in _LITERALS.items() if name in used]
    return f"# Values. {'; '.join(lines)}." if lines else ""


def describe(api: Api) -> str:
    """What the API does, in words; its name where no source describes it."""
    return _text(api.description) or _sentence(_text(api.name))


def _json_parameter(parameter: Parameter) -> dict[str, Any]:
    has_titles = any(parameter.values.values())
    item = content_types().of_filter(parameter)
    limits = {"least": parameter.least, "most": parameter.most}
    document = {
        "name": parameter.key,
        "type": parameter.type,
        "kind": parameter.kind,
        "title": parameter.title,
        "description": parameter.description,
        "values": dict(parameter.values) if has_titles else list(parameter.values),
        "when": dict(parameter.when),
        "properties": {name: item.properties[name].type for name in item.filterable()} if item else {},
        **{name: value for name, value in limits.items() if value is not None},
    }
    document = _without_blanks(document) | {"required": parameter.required}
    return document if parameter.default is None else document | {"default": parameter.default}


def _without_blanks(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in ("", [], {})}


def _argument(parameter: Parameter) -> str:
    head = f"{parameter.key}: {_hint(parameter)}"
    return head if parameter.required else f"{head} = {parameter.default!r}"


def _hint(parameter: Parameter) -> str:
    """The type hint: of an enumeration with its values, of a filter with the properties that it can be over."""
    names = _filter_names(parameter)
    if names:
        return f"{HINTS['filter']}[{', '.join(map(repr, names))}]"
    if not parameter.values:
        return HINTS[parameter.type]
    values = f"Literal[{', '.join(map(repr, parameter.values))}]"
    return f"list[{values}]" if parameter.type == "list" else values


def _filter_names(parameter: Parameter) -> list[str]:
    """What a filter is over; of what every item has as a file, a document of files alone says more than its name."""
    item = content_types().of_filter(parameter)
    if item is None:
        return []
    names = item.filterable()
    own = [name for name in names if name == "Name" or name not in content_types().generic]
    return own if len(own) > 1 else names


def _returned_properties(api: Api) -> dict[str, Property]:
    """The properties of what an API gives, beyond those that everything has."""
    known = content_types()
    types = known.of_output(api)
    names = own_properties(types, known.generic)
    return {name: next(item.properties[name] for item in types if name in item.properties) for name in names}


def _typed(properties: Mapping[str, Property]) -> str:
    """Properties in one line, with the type of each that is no text."""
    return ", ".join(
        name + ("" if item.type == "text" else f" ({_values_or_type(item)})") for name, item in properties.items()
    )


def _values_or_type(item: Property) -> str:
    return "/".join(item.values) if item.values else "name" if item.type == "enum" else item.type


def _docstring(api: Api) -> Iterator[str]:
    name, description = _text(api.name), describe(api)
    yield '"""' + _quoted(f"{name}: {description}" if description != _sentence(name) else description)
    told = [(parameter, meaning(parameter)) for parameter in api.parameters]
    if any(text for _, text in told):
        yield ""
        yield "Parameters:"
        for parameter, text in told:
            if text:
                yield f"    {_quoted(_text(parameter.key))}: {_quoted(text)}"
    if api.returns:
        yield ""
        yield "Returns:"
        yield f"    {_quoted(_returned(api.returns))}"
        filters = {name for parameter in api.parameters for name in _filter_names(parameter)}
        properties = {name: item for name, item in _returned_properties(api).items() if name not in filters}
        if properties:
            head = "Properties, beside those of the filter" if filters else "Properties"
            yield f"    {head}: {_quoted(_typed(properties))}"
    yield '"""'


def meaning(parameter: Parameter) -> str:
    """A parameter in words: its title, description and kind, what its values mean, and when it applies.

    Nothing where that would only repeat the key.
    """
    names = _filter_names(parameter)
    item = content_types().of_filter(parameter) if names else None
    kind = _text(parameter.kind) if not names else ""
    parts = [_sentence(_text(parameter.title)), _sentence(_text(parameter.description))]
    if kind and kind != _text(parameter.title):
        of = "Items: " if parameter.type == "list" else ""
        parts.append(_sentence(of + kind))
    if item:
        typed = {name: item.properties[name] for name in names if item.properties[name].type != "text"}
        parts.append(_sentence(_typed(typed)))
    parts += [f"{value!r} is {_text(shown)}." for value, shown in parameter.values.items() if shown not in ("", value)]
    if parameter.least is not None and parameter.most is not None and parameter.most < _NO_LIMIT:
        parts.append(f"{parameter.least:g} to {parameter.most:g}.")
    if parameter.when:
        needs = " and ".join(f"{_text(key)} is {value!r}" for key, value in parameter.when.items())
        parts.append(f"Only when {needs}.")
    if parameter.required:
        parts.append("Required.")
    if not is_name(parameter.key):
        parts.append("Given through **{...}.")
    said = [part for part in parts if part]
    return "" if said == [_sentence(_words(parameter.key))] else " ".join(said)


def _returned(returns: Returns) -> str:
    """An output in words: its name, and the type of its items or itself."""
    name = _text(returns.name) or returns.type
    item = content_types().get(returns.classes[0]) if len(returns.classes) == 1 else None
    kind = item.title if item else _text(returns.kind)
    return name if not kind or kind.lower() == name.lower() else f"{name} ({kind})"


def _words(key: str) -> str:
    """A key's words: `keyPath` is "Key path", `WFURL` stays."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+", _text(key))
    text = " ".join(word if word.isupper() else word.lower() for word in words)
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", "…")) else text + "."


def _text(text: str) -> str:
    """A text on one line, without characters that a source file must not hold."""
    return one_line("".join(char if char.isprintable() or char.isspace() else " " for char in text))


def _quoted(text: str) -> str:
    """A text escaped so that it can stand between triple quotes."""
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return text[:-1] + '\\"' if text.endswith('"') else text


def write_documents(apis: Iterable[Api], folder: Path) -> int:
    """Write identifier2json (.json, .pkl) and identifier2python (.py, .pkl); return how many APIs have no stub.

    The pickles have the release's shape: their keys are identifiers with `_` for `.`.
    """
    documents, stubs = {}, {}
    for api in apis:
        documents[api.identifier] = json_document(api)
        stub = python_stub(api)
        if stub is not None:
            stubs[api.identifier] = stub
    text = json.dumps(documents, ensure_ascii=False, indent=1) + "\n"
    contents = (
        text.encode("utf-8", "backslashreplace"),
        "\n\n".join(stubs.values()).encode("utf-8", "backslashreplace"),
        release_pickle((published_key(key), value) for key, value in documents.items()),
        release_pickle((published_key(key), value) for key, value in stubs.items()),
    )
    for name, data in zip(DOCUMENTS, contents, strict=True):
        with whole_file(folder / name) as handle:
            handle.write(data)
    return len(documents) - len(stubs)
