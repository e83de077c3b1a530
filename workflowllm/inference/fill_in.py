"""What a workflow leaves to its user: questions on import, questions when it runs, and values that stand for others."""

import ast
import re
from collections.abc import Iterator

# Values that nobody has: a model writes them where it does not know the person's own.
_STAND_IN = re.compile(
    r"(?i)\b(?:your[_ -]+|my_+)(?:[^\W_]+[_ -]+){0,6}"
    r"(?:key|token|name|address|e?mail|number|password|id|url|city|home)\b"
    r"|example\.(?:com|org|net)|<[^<>\n]{2,40}>|\bTODO\b|\bplaceholder\b|555-?\d{4}|x{4,}"
)


def to_fill_in(code: str) -> Iterator[str]:
    """One line for each question and each value that looks like a stand-in, in the order of the code."""
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call | ast.Constant)]
    asked: set[int] = set()
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node, ast.Call):
            line = _question(node)
            asked |= {id(part) for part in ast.walk(node)} if line else set()
        else:
            text = node.value if isinstance(node.value, str) and id(node) not in asked else ""
            match = _STAND_IN.search(text)
            line = f"line {node.lineno}: {match[0]} stands for a value of your own" if match else ""
        if line:
            yield line


def _question(call: ast.Call) -> str:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "import_question":
        return f"when it is imported: {_text(call, 'Text') or 'a question'}"
    if name in ("input", "is_workflow_actions_ask"):
        return f"when it runs: {_text(call, 'WFAskActionPrompt') or 'a question'}"
    return ""


def _text(call: ast.Call, keyword: str) -> str:
    values = [*call.args, *(item.value for item in call.keywords if item.arg == keyword)]
    return next((ast.unparse(value) for value in values), "").strip("f").strip("'\"")
