"""OS 27's Otherwise If, and old clients' blocks: read, printed, and given back as they were."""

from helpers import action, attached, compiled, mark, output, round_trip, source, text, uuid
from helpers import tested as subject

from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.tree import CONDITIONAL
from workflowllm.shortcuts.to_python.printer import to_python


def condition(word: str) -> dict:
    return {"WFInput": subject(source("Clipboard")), "WFCondition": 4, "WFConditionalActionString": word}


def show(word: str) -> dict:
    return action("showresult", Text=text(word))


OTHERWISE_IF = [mark("conditional", 0, **condition("a")), show("1"), mark("conditional", 1, **condition("b")),
                show("2"), mark("conditional", 1, **condition("c")), mark("conditional", 1), show("3"),
                mark("conditional", 2)]  # fmt: skip
NESTED = [mark("conditional", 0, **condition("a")), show("1"), mark("conditional", 1),
          mark("conditional", 0, "H", **condition("b")), show("2"), mark("conditional", 1, "H"), show("3"),
          mark("conditional", 2, "H"), mark("conditional", 2)]  # fmt: skip


def modes(code: str, **options: bool) -> list[int]:
    return [made["WFWorkflowActionParameters"]["WFControlFlowMode"] for made in compile_code(code, **options).actions
            if made["WFWorkflowActionIdentifier"] == CONDITIONAL]  # fmt: skip


def test_otherwise_if_and_an_if_within_otherwise_are_told_apart() -> None:
    heads = [line for line in round_trip(*OTHERWISE_IF).splitlines() if "is_workflow" not in line]
    assert heads == ['if clipboard() == "a":', 'elif clipboard() == "b":', "    branch()", 'elif clipboard() == "c":',
                     "    branch()", "else:"]  # fmt: skip
    nested = [line for line in round_trip(*NESTED).splitlines() if "is_workflow" not in line]
    assert nested == ['if clipboard() == "a":', 'elif clipboard() == "b":', "else:"]


def test_both_forms_within_each_other_come_back() -> None:
    inside = [{**made, "WFWorkflowActionParameters": {**made["WFWorkflowActionParameters"], "GroupingIdentifier": "I"}}
              if made["WFWorkflowActionIdentifier"] == CONDITIONAL else made for made in OTHERWISE_IF]  # fmt: skip
    round_trip(*OTHERWISE_IF[:4], *inside, *OTHERWISE_IF[4:])
    round_trip(*OTHERWISE_IF[:6], *inside, OTHERWISE_IF[-1])
    round_trip(*NESTED[:3], *inside, *NESTED[-1:])


def test_an_otherwise_if_with_anything_odd_comes_back() -> None:
    odd = {**mark("conditional", 1, **condition("b"), Extra=1, UUID=uuid(5), CustomOutputName="Odd"), "Note": 1}
    several = {"Value": {"WFActionParameterFilterPrefix": 1, "WFActionParameterFilterTemplates": []},
               "WFSerializationType": "WFContentPredicateTableTemplate"}  # fmt: skip
    for branch in (odd, mark("conditional", 1, WFCondition=100), mark("conditional", 1, WFConditions=several),
                   mark("conditional", 1, WFInput="x")):  # fmt: skip
        round_trip(*OTHERWISE_IF[:2], branch, action("setclipboard", WFInput=attached(output(5))), *OTHERWISE_IF[-1:])


def test_code_of_one_s_own_compiles_to_nested_ifs_or_for_os_27() -> None:
    code = 'x = clipboard()\nif x == "a":\n    print(1)\nelif x == "b":\n    print(2)\nelse:\n    print(3)'
    assert modes(code) == [0, 1, 0, 1, 2, 2]
    assert modes(code, otherwise_if=True) == [0, 1, 1, 2]
    named = "x = clipboard()\nif x:\n    pass\nelse:\n    if x:\n        pass\n    y = block_result()\n    print(y)"
    assert modes(named, otherwise_if=True) == [0, 1, 0, 2, 2]


def test_old_clients_leave_the_first_mode_out_or_store_it_as_text() -> None:
    for name, parameters in (("conditional", condition("a")), ("repeat.count", {"WFRepeatCount": 2}),
                             ("choosefrommenu", {"WFMenuItems": []})):  # fmt: skip
        new = [mark(name, 0, **parameters), show("1"), mark(name, 2)]
        for first, last in ((None, 2), ("0", "2"), ("", 2)):
            old = [mark(name, 0, **parameters), show("1"), mark(name, 2)]
            old[0]["WFWorkflowActionParameters"]["WFControlFlowMode"] = first
            old[2]["WFWorkflowActionParameters"]["WFControlFlowMode"] = last
            if first is None:
                del old[0]["WFWorkflowActionParameters"]["WFControlFlowMode"]
            assert round_trip(*old) == round_trip(*new)
            assert compiled(to_python({"WFWorkflowActions": old}).code)[0]["WFWorkflowActionParameters"][
                "WFControlFlowMode"] == 0  # fmt: skip


def test_an_elif_whose_test_needs_an_action_stays_an_if_within_otherwise() -> None:
    code = "x = clipboard()\nif x == 'a':\n    pass\nelif x.lower() == 'b':\n    pass\nelif x == 'c':\n    pass"
    actions = compile_code(code, otherwise_if=True).actions
    names = [action["WFWorkflowActionIdentifier"].rsplit(".", 1)[-1] for action in actions]
    modes = [action["WFWorkflowActionParameters"].get("WFControlFlowMode") for action in actions]
    assert names == ["setvariable", "conditional", "conditional", "changecase", *["conditional"] * 4]
    assert modes == [None, 0, 1, None, 0, 1, 2, 2]
    assert "WFCondition" not in actions[2]["WFWorkflowActionParameters"]
    assert actions[5]["WFWorkflowActionParameters"]["WFConditionalActionString"] == "c"
