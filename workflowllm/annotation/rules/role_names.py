"""Names for outputs from what they hold: `split_text_2` becomes `prices_lines`, `dictionary_value_3` `user_id`."""

import ast
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from workflowllm.annotation.rules.english import plain_text, split_name
from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import published_key
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.words import SOURCES
from workflowllm.shortcuts.from_python.program import Program
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.identifiers import identifier_of, is_name

_LONGEST, _MOST_WORDS = 40, 4  # characters and words of a name
Arguments = Mapping[str, ast.expr]  # a call's keyword arguments
_STOP_WORDS = frozenset({
    "a", "an", "the", "of", "to", "for", "in", "on", "at", "is", "are", "was", "be", "by", "with", "and", "or",
    "your", "you", "my", "me", "i", "it", "this", "that", "these", "those", "what", "which", "who", "how", "do",
    "does", "did", "please", "enter", "input", "choose", "select", "want", "would", "like", "can", "s", "t", "don",
    "as", "from", "if", "not", "no", "will", "has", "have"
})  # fmt: skip


def slug(text: str, most: int = _MOST_WORDS) -> str:
    """The first few words of a text, stop words left out, as a name; "" where none is in Latin letters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = [word.lower() for word in re.findall(r"[A-Za-z]+|\d+", split_name(plain)) if len(word) < 20]
    words = [word for word in words if word not in _STOP_WORDS] or words
    while words and words[-1].isdigit():
        words.pop()
    name = "_".join(words[:most])[:_LONGEST].strip("_")
    if name and name[0].isdigit():
        name = "number_" + name
    return name if is_name(name) else ""


def singular(name: str) -> str:
    """The singular of a name: `price` for `prices`."""
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
    """`base_ending`, in which no word stands twice and at most three come from `base`."""
    parts = base.split("_") if base else []
    parts = [part for part in parts[-3:] if part not in (ending, "text", "result", "value")]
    return "_".join([*parts, ending])


_RESULTS = {
    "find": "found", "filter": "filtered", "create": "new", "make": "", "get": "", "select": "selected",
    "choose": "chosen", "add": "added", "generate": "generated", "search": "found", "edit": "edited",
}  # fmt: skip


def named_by(title: str) -> str:
    """The name of an action's output by its title: `found_reminders` for `find_reminders`."""
    verb, _, rest = title.partition("_")
    result = _RESULTS.get(verb) if rest else None
    return title if result is None else f"{result}_{rest}".strip("_")


_SOURCE_NAMES = {"shortcut_input": "input", "clipboard": "clipboard", "current_date": "today", "input": "answer"}


def role_names(program: Program) -> dict[str, str]:
    """Old name -> new name for the outputs and loop variables that nobody has named."""
    return _Namer(program).names()


class _Namer:
    def __init__(self, program: Program):
        self.program = program
        self.chosen: dict[str, str] = {}
        self.stored = _stored_as(program)

    def names(self) -> dict[str, str]:
        for node in self.program.nodes:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                self.name_output(target, node.value)
            elif isinstance(node, ast.For):
                self.name_loop(node)
        return {old: new for old, new in self.chosen.items() if old != new}

    def name_output(self, target: ast.expr, value: ast.expr) -> None:
        binding = self.program.bindings.get(target.id) if isinstance(target, ast.Name) else None
        if binding is None or binding.kind != "output" or binding.label is not None:
            return
        name = self.role(value) or slug(split_name(target.id)) or "result"
        if target.id in self.stored and called(value) != "block_result":
            name = _longer(slug(split_name(self.stored[target.id])), name)
        self.chosen[target.id] = name

    def name_loop(self, node: ast.For) -> None:
        """Name `Repeat_Item` after the items of the loop, if no other loop uses the same name."""
        targets = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
        source = node.iter.args[0] if called(node.iter) in ("enumerate", "range") and node.iter.args else node.iter
        for position, target in enumerate(targets):
            binding = self.program.bindings.get(target.id) if isinstance(target, ast.Name) else None
            if binding is None or binding.kind != "loop" or target.id == "_":
                continue
            is_index = (len(targets) == 2 and position == 0) or called(node.iter) == "range"
            is_only_loop = binding.sites["loop"] == 1
            base = singular(self.base(source)) if is_only_loop and not is_index else ""
            default = "position" if is_index else "current_item"
            self.chosen[target.id] = f"each_{base}" if base and base not in ("input", "result") else default

    def base(self, node: ast.expr | None) -> str:
        """A short name for the subject of an expression."""
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
        if name == "input":
            return _answer(plain_text(call.args[0]) if call.args else None)
        role = _ROLES.get((name or "").removeprefix(published_key(BUILT_IN)))
        if role:
            return role(self, {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg})
        return output_title(name or "")


def _stored_as(program: Program) -> dict[str, str]:
    """Output -> the variable that stores it, where exactly one line does so."""
    stored: dict[str, list[str]] = {}
    for node in program.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and isinstance(node.targets[0], ast.Name):
            stored.setdefault(node.value.id, []).append(node.targets[0].id)
    return {output: names[0] for output, names in stored.items() if len(names) == 1}


@lru_cache(maxsize=4096)
def output_title(function: str) -> str:
    """The name of an API's output, by its definition."""
    api = catalogue().by_function(function)
    if api and api.returns and api.returns.name.isascii() and api.returns.name:
        return slug(api.returns.name)
    if api and api.name.isascii():
        return named_by(slug(api.name))
    return slug(split_name(identifier_of(function).rpartition(".")[2])) if function else ""


def text_name(text: str, value: ast.expr, namer: _Namer) -> str:
    """The name of a Text action's output, by the kind and the first words of the text."""
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
    name = slug(label[1] if label else re.sub(r"\[[^\[\]]*\]", " ", text[:200]), 3)
    return joined(name, "text") if name else joined(namer.base(value), "text")


def _longer(first: str, second: str) -> str:
    if not first:
        return second
    return joined(first, second.rpartition("_")[2] or "value")


def _text(arguments: Arguments, key: str) -> str | None:
    return plain_text(arguments[key]) if key in arguments else None


def _answer(prompt: str | None) -> str:
    return joined(slug(re.sub(r"\[[^\[\]]*\]", " ", (prompt or "")[:_LONGEST_PROMPT]), 3), "answer")


_LONGEST_PROMPT = 1000  # characters of a prompt that are searched for words
Role = Callable[[_Namer, Arguments], str]  # names the output of a call


def _suffixed(key: str, ending: str) -> Role:
    """`prices_count`: the subject of a parameter, and an ending."""
    return lambda namer, arguments: joined(namer.base(arguments.get(key)), ending)


def _prefixed(key: str, start: str) -> Role:
    """`rounded_price`: a participle, and the subject of a parameter."""

    def role(namer: _Namer, arguments: Arguments) -> str:
        base = joined(namer.base(arguments.get(key)), "").strip("_")
        return f"{start}_{base or 'item'}".replace(f"{start}_{start}_", f"{start}_")

    return role


def _titled(key: str, most: int, ending: str) -> Role:
    """`My_Tools_result`: the words of a parameter's text, and an ending."""
    return lambda _, arguments: joined(slug(_text(arguments, key) or "", most), ending)


def _fixed(name: str) -> Role:
    return lambda *_: name


def _chosen(namer: _Namer, arguments: Arguments) -> str:
    base = namer.base(arguments.get("WFInput"))
    several = arguments.get("WFChooseFromListActionSelectMultiple")
    is_single = not (isinstance(several, ast.Constant) and several.value is True)
    return f"chosen_{(singular(base) if is_single else base) or 'item'}".replace("chosen_chosen_", "chosen_")


def _date(_: _Namer, arguments: Arguments) -> str:
    text = _text(arguments, "WFDateActionDate")
    return joined(slug(text, 2), "date") if text else "now"


def _url(_: _Namer, arguments: Arguments) -> str:
    return joined(host(_text(arguments, "WFURLActionURL") or ""), "url")


def _downloaded(namer: _Namer, arguments: Arguments) -> str:
    base = host(_text(arguments, "WFURL") or "")
    return joined(base or re.sub("_?url$", "", namer.base(arguments.get("WFURL"))), "response")


def _opened_file(_: _Namer, arguments: Arguments) -> str:
    path = _text(arguments, "WFGetFilePath") or ""
    return joined(slug(re.sub(r"\.\w+$", "", path), 3), "file")


def _split(namer: _Namer, arguments: Arguments) -> str:
    separator = _text(arguments, "WFTextSeparator") if "WFTextSeparator" in arguments else "New Lines"
    return joined(namer.base(arguments.get("text")), "lines" if separator == "New Lines" else "parts")


def _item(namer: _Namer, arguments: Arguments) -> str:
    specifier = _text(arguments, "WFItemSpecifier") if "WFItemSpecifier" in arguments else "First Item"
    base = singular(namer.base(arguments.get("WFInput"))) or "item"
    start = {"First Item": "first", "Last Item": "last", "Random Item": "random"}.get(specifier or "")
    if start:
        return f"{start}_{joined(base, '').strip('_') or 'item'}"
    index = _text(arguments, "WFItemIndex")
    if index and index.isdigit():
        return f"{base}_{index}"
    return f"{base}_at_index" if specifier == "Item At Index" else base


def _math(namer: _Namer, arguments: Arguments) -> str:
    operation = _text(arguments, "WFMathOperation") if "WFMathOperation" in arguments else "+"
    results = {"+": "sum", "-": "difference", "×": "product", "÷": "quotient", "*": "product", "/": "quotient"}
    return joined(namer.base(arguments.get("WFInput")), results.get(operation or "", "calculated"))


def _coded(namer: _Namer, arguments: Arguments) -> str:
    is_decoding = _text(arguments, "WFEncodeMode") == "Decode"
    return _prefixed("WFInput", "decoded" if is_decoding else "encoded")(namer, arguments)


def _property(_: _Namer, arguments: Arguments) -> str:
    return slug(_text(arguments, "WFContentItemPropertyName") or "") or "detail"


def _data_jar_value(_: _Namer, arguments: Arguments) -> str:
    return joined(slug((_text(arguments, "keyPath") or "").rpartition(".")[2]), "value")


def _dictionary_value(namer: _Namer, arguments: Arguments) -> str:
    return slug(_text(arguments, "WFDictionaryKey") or "") or _suffixed("WFInput", "value")(namer, arguments)


def _updated(namer: _Namer, arguments: Arguments) -> str:
    return "updated_" + (re.sub("^(updated_)+", "", namer.base(arguments.get("WFDictionary"))) or "dictionary")


_ROLES: dict[str, Role] = {
    "ask": lambda _, arguments: _answer(_text(arguments, "WFAskActionPrompt")),
    "base64encode": _coded,
    "choosefromlist": _chosen,
    "count": _suffixed("Input", "count"),
    "date": _date,
    "detect_date": _suffixed("WFInput", "dates"),
    "detect_dictionary": _suffixed("WFInput", "dictionary"),
    "detect_images": _suffixed("WFInput", "images"),
    "detect_link": _suffixed("WFInput", "links"),
    "detect_number": _suffixed("WFInput", "number"),
    "detect_text": _suffixed("WFInput", "text"),
    "documentpicker_open": _opened_file,
    "downloadurl": _downloaded,
    "format_date": _prefixed("WFDate", "formatted"),
    "getdevicedetails": lambda _, arguments: slug(_text(arguments, "WFDeviceDetail") or "") or "device_name",
    "getitemfromlist": _item,
    "list": _fixed("options"),
    "getvariable": _suffixed("WFVariable", "value"),
    "nothing": _fixed("empty_value"),
    "dk_simonbs_DataJar_GetValueIntent": _data_jar_value,
    "getvalueforkey": _dictionary_value,
    "math": _math,
    "properties_files": _property,
    "properties_images": _property,
    "round": _prefixed("WFInput", "rounded"),
    "runworkflow": _titled("WFWorkflowName", 3, "result"),
    "setitemname": _prefixed("WFInput", "renamed"),
    "setvalueforkey": _updated,
    "text_changecase": _prefixed("text", "recased"),
    "text_combine": _prefixed("text", "joined"),
    "text_match": _suffixed("text", "matches"),
    "text_replace": _prefixed("WFInput", "cleaned"),
    "text_split": _split,
    "text_translate": _prefixed("WFInputText", "translated"),
    "url": _url,
    "urlencode": _coded,
}
