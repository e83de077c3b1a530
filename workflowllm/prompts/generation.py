"""The generation prompt: a query and the documents of its APIs. Training and inference use this one function.

Documents that would not fit are shortened by level, the same level for all documents of a prompt:
0 whole; 1 without the words on parameters; 2 the signature alone; 3 the signature without the optional parameters that
have no list of allowed values; 4 the signature with only required parameters.
"""

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.documents import kind_literals, python_stub
from workflowllm.apis.model import STATEMENTS, Api, published_key
from workflowllm.prompts.language import language_rules
from workflowllm.prompts.prompt_files import Message, Prompt, load_prompt

LEVELS = (0, 1, 2, 3, 4)
BRIEF = 2  # the level of APIs that are only offered in case they are needed
FIELDS = frozenset({"query", "apis"})
_STATEMENT_KEYS = frozenset(map(published_key, STATEMENTS))
Stubs = Mapping[str, str]  # identifier, with dots or as released with `_`, to a documented Python stub


def generation_messages(
    query: str,
    apis: Iterable[str],
    level: int = 0,
    prompt: Prompt | None = None,
    stubs: Stubs | None = None,
    briefly: Iterable[str] = (),
) -> list[Message]:
    """System and user message for one query, with `api_documents` of its APIs."""
    documents = api_documents(apis, level, stubs, briefly)
    return (prompt or generation_prompt()).messages(query=query.strip(), apis=documents)


def api_documents(
    apis: Iterable[str], level: int = 0, stubs: Stubs | None = None, briefly: Iterable[str] = ()
) -> str:
    """The documents of a prompt, one after the other, and how values are written that are no plain Python.

    `apis` are identifiers (dots or `_`); `stubs` are the documents of a data set of one's own, looked up before the
    catalogue. Those of `briefly` are shown by their signatures alone. An API that neither knows is shown by its name
    alone; those that are statements in Python are left out.
    """
    called = [identifier for identifier in dict.fromkeys(apis) if published_key(identifier) not in _STATEMENT_KEYS]
    brief = frozenset(briefly)
    levels = ((identifier, max(level, BRIEF) if identifier in brief else level) for identifier in called)
    documents = [api_stub(identifier, at, stubs) for identifier, at in levels]
    known = [api for api in map(_catalogue_api, called) if api] if level < LEVELS[-1] else []
    literals = kind_literals(known)
    return "\n\n".join([*documents, *([literals] if literals else [])])


def generation_prompt(name_or_path: str = "generate", plan: bool = True, comments: bool = True) -> Prompt:
    """The prompt of the answer form, or a file of one's own with the fields `query` and `apis`.

    `$language` in it stands for the dialect's words, and is for models that were not trained on them.
    `plan` and `comments` say whether the answer has them: the file's lines marked `[plan]`, `[no plan]` and so on.
    """
    return load_prompt(name_or_path, FIELDS, {"plan": plan, "comments": comments}, {"language": language_rules()})


def api_stub(identifier: str, level: int, stubs: Stubs | None = None) -> str:
    """One API's document at a level."""
    stub = (stubs or {}).get(identifier) or (stubs or {}).get(published_key(identifier))
    return shortened(stub, level) if stub else _catalogue_stub(identifier, level)


def _catalogue_api(identifier: str) -> Api | None:
    return catalogue().get(identifier) or catalogue().by_key(published_key(identifier))


@lru_cache(maxsize=20_000)
def _catalogue_stub(identifier: str, level: int) -> str:
    api = _catalogue_api(identifier)
    stub = python_stub(api) if api else None
    if stub:
        return shortened(stub, level)
    function = api.function if api and api.function else published_key(identifier)
    return f"def {function}(**parameters): ..."


@lru_cache(maxsize=20_000)
def shortened(stub: str, level: int) -> str:
    """A stub at a level; one that does not parse stays as it is."""
    if level == 0:
        return stub.rstrip()
    try:
        function = ast.parse(stub).body[0]
    except (SyntaxError, ValueError, IndexError):
        return stub.rstrip()
    if not isinstance(function, ast.FunctionDef):
        return stub.rstrip()
    signature = _signature(function, level)
    summary = (ast.get_docstring(function) or "").split("\n")[0]
    if level == 1 and summary:
        return f"{signature}\n    {_docstring(summary)}"
    return f"{signature} ..."


def _docstring(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{quoted[:-1]}\\""""' if quoted.endswith('"') else f'"""{quoted}"""'


def _signature(function: ast.FunctionDef, level: int) -> str:
    arguments = function.args
    pairs = [*zip(arguments.kwonlyargs, arguments.kw_defaults)]
    free = len(arguments.args) - len(arguments.defaults)
    pairs += [(argument, arguments.defaults[index - free] if index >= free else None)
              for index, argument in enumerate(arguments.args)]  # fmt: skip
    shown = [
        (argument, default)
        for argument, default in pairs
        if default is None or level < 3 or (level == 3 and isinstance(argument.annotation, ast.Subscript))
    ]
    words = [ast.unparse(argument) + (f" = {ast.unparse(default)}" if default else "") for argument, default in shown]
    has_more = arguments.kwarg is not None or len(shown) < len(pairs)
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"def {function.name}({', '.join(['*'] * bool(words) + words + ['**others'] * has_more)}){returns}:"
