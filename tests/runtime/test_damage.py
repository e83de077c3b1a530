"""The damage that check_runtime.py does depends on its seed alone, whatever was damaged before."""

from random import Random

from eval.support.runtime_damage import damaged_workflow, damaged_world

WORKFLOW = {
    "WFWorkflowActions": [
        {"WFWorkflowActionIdentifier": "a", "WFWorkflowActionParameters": {"x": {"y": [1, {"z": 2}]}, "w": "v"}}
    ]
}


def test_damage_done_before_does_not_show() -> None:
    first = [damaged_workflow(WORKFLOW, Random(seed)) for seed in range(2000)]
    worlds = [damaged_world(Random(seed)) for seed in range(300)]
    assert [damaged_workflow(WORKFLOW, Random(seed)) for seed in range(2000)] == first
    assert [damaged_world(Random(seed)) for seed in range(300)] == worlds
