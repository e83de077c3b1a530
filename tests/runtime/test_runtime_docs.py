"""docs/runtime.md and docs/runtime_facts.md say what is so."""

import re
from pathlib import Path

from workflowllm.runtime.effects import KINDS
from workflowllm.runtime.implemented import implemented_lines, with_implemented
from workflowllm.runtime.world import World

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "runtime.md").read_text("utf-8")
FACTS = (ROOT / "docs" / "runtime_facts.md").read_text("utf-8")
MAY_HAPPEN = {46}  # "may be shown blank and fail": what a test could want is not said


def test_the_generated_part_is_up_to_date():
    assert with_implemented(PAGE) == PAGE, "run with_implemented over docs/runtime.md"
    assert len(list(implemented_lines())) > 50


def test_every_fact_of_grade_d_a_t_or_s_is_a_test_of_its_number():
    facts = {int(number): grade for number, grade in re.findall(r"^\| (\d+) \| ([DATSU?]) \|", FACTS, re.M)}
    assert len(facts) == 137 and set(facts) == set(range(1, 138))
    tests = "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    tested = {
        int(number) for names in re.findall(r"def test_(\w+)", tests) for number in re.findall(r"f(\d{3})", names)
    }
    settled = {number for number, grade in facts.items() if grade in "DATS"}
    assert settled - tested == MAY_HAPPEN


def test_the_page_names_every_kind_of_effect_and_every_key_of_a_world():
    words = set(re.findall(r"[\w-]+", PAGE))
    assert set(KINDS) <= words
    assert set(World.model_fields) - {"name"} <= words
