"""An API's document, as JSON and as a Python stub, and the files that hold the documents of all APIs."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from workflowllm.apis.model import HINTS, Api, Parameter, one_line, published_key
from workflowllm.apis.pickles import release_pickle
from workflowllm.runs.output_files import whole_file
from workflowllm.shortcuts.model.identifiers import is_name

DOCUMENTS = ("identifier2json.json", "identifier2python.py", "identifier2json.pkl", "identifier2python.pkl")


def json_document(api: Api) -> dict[str, Any]:
    """The API as plain data. Unknown fields are left out, except `returns`, which is then None."""
    returns = None
    if api.returns:
        returns = _without_blanks({"type": api.returns.type, "kind": api.returns.kind, "name": api.returns.name})
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


def describe(api: Api) -> str:
    """What the API does, in words; its name where no source describes it."""
    return _text(api.description) or _sentence(_text(api.name))


def _json_parameter(parameter: Parameter) -> dict[str, Any]:
    has_titles = any(parameter.values.values())
    document = {
        "name": parameter.key,
        "type": parameter.type,
        "kind": parameter.kind,
        "title": parameter.title,
        "description": parameter.description,
        "values": dict(parameter.values) if has_titles else list(parameter.values),
        "when": dict(parameter.when),
    }
    document = _without_blanks(document) | {"required": parameter.required}
    return document if parameter.default is None else document | {"default": parameter.default}


def _without_blanks(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in ("", [], {})}


def _argument(parameter: Parameter) -> str:
    head = f"{parameter.key}: {HINTS[parameter.type]}"
    return head if parameter.required else f"{head} = {parameter.default!r}"


def _docstring(api: Api) -> Iterator[str]:
    name, description = _text(api.name), describe(api)
    yield '"""' + _quoted(f"{name}: {description}" if description != _sentence(name) else description)
    if api.parameters:
        yield ""
        yield "Parameters:"
        for parameter in api.parameters:
            yield f"    {_quoted(_text(parameter.key))}: {_quoted(meaning(parameter))}"
    if api.returns:
        yield ""
        yield "Returns:"
        kind = f" ({_text(api.returns.kind)})" if api.returns.kind else ""
        yield f"    {_quoted((_text(api.returns.name) or api.returns.type) + kind)}"
    yield '"""'


def meaning(parameter: Parameter) -> str:
    """A parameter in words: its title, description, kind and allowed values, and when it applies."""
    parts = [_sentence(_text(parameter.title)), _sentence(_text(parameter.description))]
    if parameter.kind:
        of = "Items: " if parameter.type == "list" else ""
        parts.append(_sentence(of + _text(parameter.kind)))
    if parameter.values:
        parts.append(f"One of {', '.join(_value(*pair) for pair in parameter.values.items())}.")
    if parameter.when:
        needs = " and ".join(f"{_text(key)} is {value!r}" for key, value in parameter.when.items())
        parts.append(f"Only when {needs}.")
    if parameter.required:
        parts.append("Required.")
    if not is_name(parameter.key):
        parts.append("Given through **{...}.")
    return " ".join(part for part in parts if part) or _sentence(_words(parameter.key))


def _words(key: str) -> str:
    """A key's words: `keyPath` is "Key path", `WFURL` stays."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+", _text(key))
    text = " ".join(word if word.isupper() else word.lower() for word in words)
    return text[:1].upper() + text[1:]


def _value(value: str, shown: str) -> str:
    return repr(value) + (f" ({_text(shown)})" if shown and shown != value else "")


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
