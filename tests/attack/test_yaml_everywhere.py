"""YAML nested 100,000 deep ends in one sentence wherever YAML is read, and no reader goes around the bound."""

import ast
from pathlib import Path

import pytest

import workflowllm
from workflowllm.evaluation import paper_rows
from workflowllm.llm.budget import price_of
from workflowllm.runs.command import CommandError

ROOT = Path(workflowllm.__file__).parents[1]
DEEP = ["[" * 100_000, "{a: " * 100_000, "".join(f"{' ' * level}a:\n" for level in range(3_000))]
UNGUARDED = {"load", "safe_load", "full_load", "unsafe_load", "load_all", "safe_load_all", "compose", "compose_all"}


@pytest.mark.parametrize("text", DEEP)
def test_prices(text: str, tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    with pytest.raises(CommandError, match="must have lines such as"):
        price_of("gpt-4o", path)


@pytest.mark.parametrize("data", [*(text.encode() for text in DEEP), b"row: \xff"])
def test_rows_of_the_table(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.yaml").write_bytes(data)
    monkeypatch.setattr(paper_rows, "CONFIGS", tmp_path)
    with pytest.raises(CommandError, match=r"cannot read .*mine\.yaml"):
        paper_rows.row_keys()


def test_no_yaml_is_read_around_the_bound() -> None:
    around = []
    sources = [*ROOT.glob("*.py"), *(path for name in ("workflowllm", "eval", "preprocess", "scripts")
                                     for path in (ROOT / name).rglob("*.py"))]  # fmt: skip
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_yaml = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "yaml"
            if is_yaml and node.attr in UNGUARDED:
                around.append(path.relative_to(ROOT).as_posix())
    # The catalogue composes only texts that load_yaml has been through, to name the line of an error.
    assert around == ["workflowllm/apis/sources/own_catalogue.py", "workflowllm/runs/yaml_text.py"]
