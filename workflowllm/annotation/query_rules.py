"""The rules that every request must follow, whoever writes it."""

import re
from collections.abc import Iterable

SHORTEST_QUERY, LONGEST_QUERY = 20, 1100  # characters
_KEY = re.compile(r"\bWF[A-Z]\w+")
_CALLED = re.compile(r"\bis[._]workflow[._]\w*|\b\w+Intent\b|\b(?:com|net|org|io|dk|app)(?:\.[\w-]+){2,}")
_PYTHON = re.compile(r"\bpython\w*\b", re.IGNORECASE)


def query_problems(query: str, code_names: Iterable[str] = (), apis: Iterable[str] = ()) -> list[str]:
    """Why a text cannot be a request: each reason in one sentence, for a model to answer again."""
    problems = []
    if len(query.strip()) < SHORTEST_QUERY:
        problems.append(f"it has fewer than {SHORTEST_QUERY} characters")
    if len(query) > 2 * LONGEST_QUERY:
        problems.append(f"it has more than {2 * LONGEST_QUERY} characters")
    if _PYTHON.search(query):
        problems.append("it mentions Python")
    if "```" in query or re.search(r"^\s*(?:def|import|for .* in .*:|if .*:$)", query, re.MULTILINE):
        problems.append("it holds code")
    if _KEY.search(query) or _CALLED.search(query) or any(api in query for api in apis):
        problems.append("it names an interface or a parameter")
    said = _underscored(query, code_names)
    if said:
        problems.append(f"it uses names of the code: {', '.join(said[:3])}")
    return problems


def _underscored(query: str, code_names: Iterable[str]) -> list[str]:
    words = set(re.findall(r"\w*[^\W_]_[^\W_]\w*", query))
    return sorted(words & set(code_names)) if words else []


def sanitised(query: str, code_names: Iterable[str], apis: Iterable[str]) -> str:
    """A request without what `query_problems` would find in the texts it quotes."""
    for name in _underscored(query, code_names):
        query = query.replace(name, name.replace("_", " "))
    for api in sorted(apis, key=len, reverse=True):
        query = query.replace(api, "that action")
    query = _CALLED.sub("an app", _KEY.sub("the setting", query))
    return _PYTHON.sub("script", query).replace("```", "'''")
