"""Names for outputs from what they hold: `split_text_2` becomes `prices_lines`, `dictionary_value_3` `user_id`."""

import ast
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from workflowllm.annotation.rules.words import plain_text, split_name
from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import published_key
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.words import SOURCES
from workflowllm.shortcuts.from_python.program import Program
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.identifiers import identifier_of, is_name

_LONGEST, _WORDS = 40, 4
_STOP = frozenset({
    "a", "an", "the", "of", "to", "for", "in", "on", "at", "is", "are", "was", "be", "by", "with", "and", "or",
    "your", "you", "my", "me", "i", "it", "this", "that", "these", "those", "what", "which", "who", "how", "do",
    "does", "did", "please", "enter", "input", "choose", "select", "want", "would", "like", "can", "s", "t", "don",
    "as", "from", "if", "not", "no", "will", "has", "have"
})  # fmt: skip


def slug(text: str, most: int = _WORDS) -> str:
    """A few telling words of a text as a name; "" where there are none in Latin letters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    found = [word.lower() for word in re.findall(r"[A-Za-z]+|\d+", split_name(plain)) if len(word) < 20]
    telling = [word for word in found if word not in _STOP] or found
    while telling and telling[-1].isdigit():
        telling.pop()
    name = "_".join(telling[:most])[:_LONGEST].strip("_")
    if name and name[0].isdigit():
        name = "number_" + name
    return name if is_name(name) else ""


def singular(name: str) -> str:
    """One of several: `prices` is `price`."""
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if name.endswith(("ches", "shes", "xes", "sses")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us", "is")) and len(name) > 3 else name


def host(link: str) -> str:
    """The site of a link as a name."""
    match = re.match(r"\s*https?://(?:www\.)?([^/?#:\s]+)", link)
    parts = [part for part in (match[1].split(".") if match else []) if part.isascii() and "[" not in part]
    return slug(" ".join(parts[:-1] or parts), 3)


def joined(base: str, ending: str) -> str:
    """`base_ending`, without saying a word twice and without growing at every step."""
    parts = base.split("_") if base else []
    parts = [part for part in parts[-3:] if part not in (ending, "text", "result", "value")]
    return "_".join([*parts, ending])


_RESULTS = {
    "find": "found", "filter": "filtered", "create": "new", "make": "", "get": "", "select": "selected",
    "choose": "chosen", "add": "added", "generate": "generated", "search": "found", "edit": "edited",
}  # fmt: skip


def named_by(title: str) -> str:
    """An action's title as the name of what it gives: `find_reminders` is `found_reminders`."""
    verb, _, rest = title.partition("_")
    result = _RESULTS.get(verb) if rest else None
    return title if result is None else f"{result}_{rest}".strip("_")


_SOURCE_NAMES = {"shortcut_input": "input", "clipboard": "clipboard", "current_date": "today", "input": "answer"}


def role_names(program: Program) -> dict[str, str]:
    """Old name -> new name for the outputs and loop variables that have no name of a person's choice."""
    return _Namer(program).names()


class _Namer:
    def __init__(self, program: Program):
        self.program = program
        self.chosen: dict[str, str] = {}
        self.stored = _stored_as(program)

    def names(self) -> dict[str, str]:
        before: ast.stmt | None = None
        for node in self.program.nodes:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                self.output(target, node.value, before)
            elif isinstance(node, ast.For):
                self.loop(node)
            before = node if isinstance(node, (ast.If, ast.For, ast.Match)) else before
        return {old: new for old, new in self.chosen.items() if old != new}

    def output(self, target: ast.expr, value: ast.expr, block: ast.stmt | None) -> None:
        binding = self.program.bindings.get(target.id) if isinstance(target, ast.Name) else None
        if binding is None or binding.kind != "output" or binding.label is not None:
            return
        name = self.role(value) or slug(split_name(target.id)) or "result"
        if target.id in self.stored and called(value) != "block_result":
            name = _longer(slug(split_name(self.stored[target.id])), name)
        self.chosen[target.id] = name

    def loop(self, node: ast.For) -> None:
        """`Repeat_Item` as one of what is gone through, where one loop alone uses the name."""
        targets = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
        source = node.iter.args[0] if called(node.iter) in ("enumerate", "range") and node.iter.args else node.iter
        for place, target in enumerate(targets):
            binding = self.program.bindings.get(target.id) if isinstance(target, ast.Name) else None
            if binding is None or binding.kind != "loop" or target.id == "_":
                continue
            is_index = (len(targets) == 2 and place == 0) or called(node.iter) == "range"
            alone = binding.sites["loop"] == 1
            base = singular(self.base(source)) if alone and not is_index else ""
            default = "position" if is_index else "current_item"
            self.chosen[target.id] = f"each_{base}" if base and base not in ("input", "result") else default

    def base(self, node: ast.expr | None) -> str:
        """A short name for what an expression is about."""
        if isinstance(node, ast.Name):
            return self.chosen.get(node.id) or slug(split_name(node.id))
        if isinstance(node, ast.Attribute):
            return slug(node.attr)
        if isinstance(node, ast.Subscript):
            return slug(plain_text(node.slice) or "") or self.base(node.value)
        if isinstance(node, ast.Call):
            name = called(node)
            if name in SOURCES.values():
                return _SOURCE_NAMES.get(name, slug(split_name(name)))
            return self.base(node.args[0]) if node.args else ""
        if isinstance(node, ast.JoinedStr):
            fields = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
            return self.base(fields[0]) if len(fields) == 1 else ""
        return ""

    def role(self, value: ast.expr) -> str:
        """A name for the output of an expression."""
        text = plain_text(value)
        if text is not None:
            return text_name(text, value, self)
        if isinstance(value, ast.Subscript):
            return slug(plain_text(value.slice) or "") or joined(self.base(value.value), "value")
        if isinstance(value, ast.Call):
            return self.call(value)
        return ""

    def call(self, call: ast.Call) -> str:
        name = called(call)
        if isinstance(call.func, ast.Attribute):
            return joined(self.base(call.func.value), call.func.attr)
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        if name == "input":
            return _asked(call.args[0] if call.args else None)
        role = _ROLES.get((name or "").removeprefix(published_key(BUILT_IN)))
        if role:
            return role(self, given)
        return output_title(name or "")


def _stored_as(program: Program) -> dict[str, str]:
    """Output -> the variable that it is stored in, where there is one such line."""
    stored: dict[str, list[str]] = {}
    for node in program.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and isinstance(node.targets[0], ast.Name):
            stored.setdefault(node.value.id, []).append(node.targets[0].id)
    return {output: names[0] for output, names in stored.items() if len(names) == 1}


@lru_cache(maxsize=4096)
def output_title(function: str) -> str:
    """What an API calls its output."""
    api = catalogue().by_function(function)
    if api and api.returns and api.returns.name.isascii() and api.returns.name:
        return slug(api.returns.name)
    if api and api.name.isascii():
        return named_by(slug(api.name))
    return slug(split_name(identifier_of(function).rpartition(".")[2])) if function else ""


def text_name(text: str, value: ast.expr, namer: _Namer) -> str:
    """A Text action by what it holds."""
    start = text.strip().lower()
    if isinstance(value, ast.JoinedStr) and start.startswith("[") and start.endswith("]") and start.count("[") == 1:
        return joined(namer.base(value), "text")
    if start.startswith(("http://", "https://")):
        return joined(host(text), "link")
    if start.startswith(("<!doctype", "<html", "<body", "<style", "<script", "<div")):
        return "html_page"
    if start.startswith(("{", "[{")) and ":" in start:
        return "json_text"
    if len(start) > 400 and " " not in start[:400]:
        return "encoded_data"
    label = re.match(r"\s*([A-Za-z][\w ]{2,24}):", text)
    name = slug(label[1] if label else re.sub(r"\[[^\]]*\]", " ", text[:200]), 3)
    return joined(name, "text") if name else joined(namer.base(value), "text")


def _longer(first: str, second: str) -> str:
    if not first:
        return second
    return joined(first, second.rpartition("_")[2] or "value")


def _asked(prompt: ast.expr | None) -> str:
    text = plain_text(prompt) if prompt is not None else None
    name = slug(re.sub(r"\[[^\]]*\]", " ", text or ""), 3)
    return joined(name, "answer")


def _with(key: str, ending: str) -> Callable[[_Namer, Mapping[str, ast.expr]], str]:
    return lambda namer, given: joined(namer.base(given.get(key)), ending)


def _first(key: str, start: str) -> Callable[[_Namer, Mapping[str, ast.expr]], str]:
    def role(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
        base = joined(namer.base(given.get(key)), "").strip("_")
        return f"{start}_{base or 'item'}".replace(f"{start}_{start}_", f"{start}_")

    return role


def _chosen(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
    base = namer.base(given.get("WFInput"))
    several = given.get("WFChooseFromListActionSelectMultiple")
    is_one = not (isinstance(several, ast.Constant) and several.value is True)
    return f"chosen_{(singular(base) if is_one else base) or 'item'}".replace("chosen_chosen_", "chosen_")


def _date(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
    text = plain_text(given["WFDateActionDate"]) if "WFDateActionDate" in given else None
    return joined(slug(text or "", 2), "date") if text else "now"


def _url(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
    text = plain_text(given["WFURLActionURL"]) if "WFURLActionURL" in given else None
    return joined(host(text or ""), "url")


def _downloaded(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
    base = host(plain_text(given["WFURL"]) or "") if "WFURL" in given else ""
    base = base or re.sub("_?url$", "", namer.base(given.get("WFURL")))
    return joined(base, "response")


def _split(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
    kind = plain_text(given["WFTextSeparator"]) if "WFTextSeparator" in given else "New Lines"
    return joined(namer.base(given.get("text")), "lines" if kind == "New Lines" else "parts")


def _item(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
    kind = plain_text(given["WFItemSpecifier"]) if "WFItemSpecifier" in given else "First Item"
    base = singular(namer.base(given.get("WFInput"))) or "item"
    start = {"First Item": "first", "Last Item": "last", "Random Item": "random"}.get(kind or "")
    if start:
        return f"{start}_{joined(base, '').strip('_') or 'item'}"
    index = plain_text(given["WFItemIndex"]) if "WFItemIndex" in given else None
    return f"{base}_{index}" if index and index.isdigit() else f"{base}_at_index" if kind == "Item At Index" else base


def _math(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
    kind = plain_text(given["WFMathOperation"]) if "WFMathOperation" in given else "+"
    kinds = {"+": "sum", "-": "difference", "×": "product", "÷": "quotient", "*": "product", "/": "quotient"}
    return joined(namer.base(given.get("WFInput")), kinds.get(kind or "", "calculated"))


def _coded(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
    kind = plain_text(given["WFEncodeMode"]) if "WFEncodeMode" in given else "Encode"
    return _first("WFInput", "decoded" if kind == "Decode" else "encoded")(namer, given)


def _property(namer: _Namer, given: Mapping[str, ast.expr]) -> str:
    text = plain_text(given["WFContentItemPropertyName"]) if "WFContentItemPropertyName" in given else None
    return slug(text or "") or "detail"


_ROLES: dict[str, Callable[[_Namer, Mapping[str, ast.expr]], str]] = {
    "ask": lambda namer, given: _asked(given.get("WFAskActionPrompt")),
    "base64encode": _coded,
    "choosefromlist": _chosen,
    "count": _with("Input", "count"),
    "date": _date,
    "detect_date": _with("WFInput", "dates"),
    "detect_dictionary": _with("WFInput", "dictionary"),
    "detect_images": _with("WFInput", "images"),
    "detect_link": _with("WFInput", "links"),
    "detect_number": _with("WFInput", "number"),
    "detect_text": _with("WFInput", "text"),
    "documentpicker_open": lambda namer, given: joined(
        slug(re.sub(r"\.\w+$", "", plain_text(given["WFGetFilePath"]) or ""), 3) if "WFGetFilePath" in given else "",
        "file",
    ),
    "downloadurl": _downloaded,
    "format_date": _first("WFDate", "formatted"),
    "getdevicedetails": lambda namer, given: slug(
        (plain_text(given["WFDeviceDetail"]) or "") if "WFDeviceDetail" in given else ""
    ) or "device_name",
    "getitemfromlist": _item,
    "list": lambda namer, given: "options",
    "getvariable": _with("WFVariable", "value"),
    "nothing": lambda namer, given: "empty_value",
    "dk_simonbs_DataJar_GetValueIntent": lambda namer, given: joined(
        slug((plain_text(given["keyPath"]) or "").rpartition(".")[2]) if "keyPath" in given else "", "value"
    ),
    "getvalueforkey": lambda namer, given: slug(
        (plain_text(given["WFDictionaryKey"]) or "") if "WFDictionaryKey" in given else ""
    ) or _with("WFInput", "value")(namer, given),
    "math": _math,
    "properties_files": _property,
    "properties_images": _property,
    "round": _first("WFInput", "rounded"),
    "runworkflow": lambda namer, given: joined(
        slug((plain_text(given["WFWorkflowName"]) or "") if "WFWorkflowName" in given else "", 3), "result"
    ),
    "setitemname": _first("WFInput", "renamed"),
    "setvalueforkey": lambda namer, given: "updated_" + (
        re.sub("^(updated_)+", "", namer.base(given.get("WFDictionary"))) or "dictionary"
    ),
    "text_changecase": _first("text", "recased"),
    "text_combine": _first("text", "joined"),
    "text_match": _with("text", "matches"),
    "text_replace": _first("WFInput", "cleaned"),
    "text_split": _split,
    "text_translate": _first("WFInputText", "translated"),
    "url": _url,
    "urlencode": _coded,
}  # fmt: skip
