"""infer.py as a user asks it once: a request becomes a shortcut, or changes one."""

import shutil
from pathlib import Path

from helpers_infer import CODE, ROOT, SHOW, run

from eval.support.fault_server import fault_server
from workflowllm.prompts.language import language_rules
from workflowllm.shortcuts.files.containers import read_file


def test_a_request_becomes_a_shortcut(heart: Path, tmp_path: Path) -> None:
    output = tmp_path / "price.shortcut"
    flags = ("--model", heart, "--apis", SHOW, "--query", "Ask for a price and show it", "--output", output)
    done = run(*flags)
    assert done.returncode == 0, done.stderr
    for part in ("Plan:\n1. Ask for the price.", f"Code:\n{CODE}", "Findings: none", str(output)):
        assert part in done.stdout
    actions = read_file(output).workflow["WFWorkflowActions"]
    assert [action["WFWorkflowActionIdentifier"].rpartition(".")[2] for action in actions] == ["ask", "showresult"]
    assert output.with_suffix(".py").read_text("utf-8") == CODE + "\n"
    again = run(*flags)
    assert again.returncode == 2 and "exists" in again.stderr


def test_a_request_whose_answer_does_not_compile(untrained: Path, tmp_path: Path) -> None:
    done = run("--model", untrained, "--apis", SHOW, "--query", "Anything", "--max_tokens", 9,
               "--output", tmp_path / "x.shortcut")  # fmt: skip
    assert done.returncode == 1 and not list(tmp_path.glob("*.shortcut"))
    assert "no shortcut" in done.stdout or "does not compile" in done.stderr


def test_a_shortcut_is_changed_beside_the_original(heart: Path, tmp_path: Path) -> None:
    original = tmp_path / "tip.shortcut"
    shutil.copy(ROOT / "data" / "shortcuts" / "tip_calculator.shortcut", original)
    before, metadata = original.read_bytes(), read_file(original).workflow
    for name in ("tip_changed.shortcut", "tip_changed_2.shortcut"):
        done = run("--model", heart, "--edit", original, "--query", "Show only the price", "--max_tokens", 200)
        assert done.returncode == 0, done.stderr
        changed = read_file(tmp_path / name).workflow
        assert len(changed["WFWorkflowActions"]) == 2
        assert changed["WFWorkflowIcon"] == metadata["WFWorkflowIcon"]
    assert original.read_bytes() == before
    done = run("--model", heart, "--edit", original, "--query", "x", "--output", original)
    assert done.returncode == 2 and original.read_bytes() == before


def test_a_request_through_an_endpoint_with_apis_found_by_words(tmp_path: Path) -> None:
    output = tmp_path / "light.shortcut"
    with fault_server(lambda messages: "```python\nis_workflow_actions_flashlight(state=True)\n```") as server:
        done = run("--model", "local", "--base_url", server.base_url, "--cache", "none", "--output", output,
                   "--query", "Turn the flashlight on")  # fmt: skip
        [body] = server.requests
    assert done.returncode == 0, done.stderr
    system, user = (message["content"] for message in body["messages"])
    assert "def is_workflow_actions_flashlight(" in user
    assert language_rules() in system, "a model at an endpoint does not know the dialect"
    assert output.exists()


def test_an_answer_of_comments_is_no_shortcut(tmp_path: Path) -> None:
    with fault_server(lambda messages: "Thought:\n1. Ask\n\nCode:\n```python\n# Ask the user") as server:
        done = run("--model", "local", "--base_url", server.base_url, "--cache", "none", "--apis", SHOW,
                   "--output", tmp_path / "x.shortcut", "--query", "Ask for a price")  # fmt: skip
    assert done.returncode == 1 and "holds no code" in done.stdout, done.stderr
    assert not list(tmp_path.glob("x.*"))


def test_a_name_is_free_only_if_the_python_beside_it_is_too(heart: Path, tmp_path: Path) -> None:
    """Known before the model is asked: the model's folder holds none here."""
    mine = tmp_path / "price.py"
    mine.write_text("mine")
    flags = ("--query", "Ask for a price", "--apis", SHOW, "--max_tokens", 200)
    for name in ("price.shortcut", "price", "price.py"):
        done = run("--model", tmp_path, *flags, "--output", tmp_path / name)
        assert done.returncode == 2 and "price.py exists" in done.stderr
    shutil.copy(ROOT / "data" / "shortcuts" / "tip_calculator.shortcut", tmp_path / "tip.shortcut")
    (tmp_path / "tip_changed.py").write_text("mine too")
    done = run("--model", heart, *flags, "--edit", tmp_path / "tip.shortcut")
    assert done.returncode == 0 and (tmp_path / "tip_changed_2.shortcut").is_file(), done.stderr
    assert mine.read_text() == "mine" and (tmp_path / "tip_changed.py").read_text() == "mine too"


def test_an_input_is_not_an_output(heart: Path, tmp_path: Path) -> None:
    records = tmp_path / "in.jsonl"
    records.write_text('{"key": "a", "query": "x", "apis": []}\n')
    (tmp_path / "link.jsonl").symlink_to(records)
    for output in (records, tmp_path / "link.jsonl", ".", "/"):
        done = run("--model", heart, "--input", records, "--output", output, "--overwrite")
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
    assert records.read_text() == '{"key": "a", "query": "x", "apis": []}\n'


def test_what_was_written_is_tried_in_a_world(tmp_path: Path) -> None:
    """In a world that is named, and in the stock one, which says so; a bad one is refused before a question."""
    world = tmp_path / "world.yaml"
    world.write_text("answers: [Ada]", "utf-8")
    answer = "```python\nname = input('Your name?')\nprint(f'Hello, {name}')\n```"
    with fault_server(lambda messages: answer) as server:
        flags = (
            "--model",
            "local",
            "--base_url",
            server.base_url,
            "--cache",
            "none",
            "--query",
            "Greet me",
            "--overwrite",
        )
        tried = run(*flags, "--output", tmp_path / "a.shortcut", "--try", world)
        stock = run(*flags, "--output", tmp_path / "b.shortcut", "--try")
        asked = len(server.requests)
        world.write_text("answer: [Ada]", "utf-8")
        refused = run(*flags, "--output", tmp_path / "c.shortcut", "--try", world)
        assert len(server.requests) == asked
    assert tried.returncode == 0, tried.stderr
    assert "asks 'Your name?'; the answer is Ada\n  shows: Hello, Ada\n  The run ended." in tried.stdout
    assert "stock" not in tried.stdout
    assert "To fill in:\n  when it runs: Your name?" in tried.stdout
    assert stock.returncode == 0 and "The world is the stock one" in stock.stdout and "(made up)" in stock.stdout
    assert refused.returncode == 2 and "answer is not a key" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
