"""The comparison of shortcuts: it sees every kind of difference, and nothing that means the same."""

import copy

import pytest
from helpers import action, attached, bare_text, mark, output, source, text, uuid, variable, workflow
from helpers import tested as subject

from workflowllm.shortcuts.compare import differences

FIRST = [
    action("number", WFNumberActionNumber=1, UUID=uuid(1)),
    action("number", WFNumberActionNumber=2, UUID=uuid(2), CustomOutputName="Two"),
    mark("conditional", 0, "G", WFInput=subject(output(1)), WFCondition=4, WFNumberValue="1"),
    action("showresult", Text=text("😀 ", output(1), " and ", variable("x"))),
    mark("conditional", 1, "G"),
    action("list", WFItems=["a", "b"], Flag=True, Whole=1, Data=b"x"),
    mark("conditional", 2, "G", UUID=uuid(3)),
    action("setclipboard", WFInput=attached(output(3))),
]


def changed(index, **parameters):
    """The first workflow with other parameters in one action; None takes one out."""
    actions = copy.deepcopy(FIRST)
    own = actions[index]["WFWorkflowActionParameters"]
    own.update(parameters)
    for key in [key for key, value in own.items() if value is None]:
        del own[key]
    return actions


def found(actions):
    return list(differences(workflow(*FIRST), workflow(*actions)))


DIFFERENT = {
    "another value": changed(0, WFNumberActionNumber=2),
    "a parameter less": changed(0, WFNumberActionNumber=None),
    "a parameter more": changed(0, Extra=1),
    "an empty parameter more": changed(0, Extra=""),
    "another name of the output": changed(1, CustomOutputName="Deux"),
    "another output": changed(3, Text=text("😀 ", output(2), " and ", variable("x"))),
    "an output that nothing makes": changed(3, Text=text("😀 ", output(9), " and ", variable("x"))),
    "another variable": changed(3, Text=text("😀 ", output(1), " and ", variable("y"))),
    "a reference with a step": changed(3, Text=text("😀 ", output(1, "", {"Type": "T"}), " and ", variable("x"))),
    "a reference one unit further": changed(3, Text=text("😀  ", output(1), "and ", variable("x"))),
    "another text around": changed(3, Text=text("😁 ", output(1), " and ", variable("x"))),
    "true for 1": changed(5, Whole=True),
    "1 for true": changed(5, Flag=1),
    "text for 1": changed(5, Whole="1"),
    "text for data": changed(5, Data="x"),
    "another order of a list": changed(5, WFItems=["b", "a"]),
    "another group at the end": changed(6, GroupingIdentifier="H"),
    "another condition": changed(2, WFCondition=5),
    "an action less": FIRST[:-1],
    "an action more": [*FIRST, action("nothing")],
    "another action": [*FIRST[:-1], action("share", WFInput=attached(output(3)))],
    "another order of actions": [FIRST[1], FIRST[0], *FIRST[2:]],
    "a key beside the parameters": [*FIRST[:-1], {**FIRST[-1], "Note": "x"}],
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_differences_are_seen_from_both_sides(name):
    assert found(DIFFERENT[name]) != []
    assert list(differences(workflow(*DIFFERENT[name]), workflow(*FIRST))) != []


def test_a_difference_says_where_it_is_and_what_it_is():
    (line,) = found(changed(5, WFItems=["a"]))
    assert line.startswith("action 5 (is.workflow.actions.list): WFItems is ")
    assert " against " in line
    assert found(FIRST[:-1]) == ["8 actions against 7"]


def test_long_values_are_cut():
    (line,) = found(changed(0, WFNumberActionNumber="x" * 10_000))
    assert len(line) < 500


def renumbered(actions):
    """The same actions with other UUIDs and another group, in lower case."""
    written = repr(actions)
    for number in (1, 2, 3):
        written = written.replace(uuid(number), uuid(number + 0xA0).lower())
    return eval(written.replace("'G'", "'another group'"))


SAME = {
    "itself": FIRST,
    "other UUIDs and groups": renumbered(FIRST),
    "a UUID that nothing refers to": changed(5, UUID=uuid(77)),
    "none where nothing refers": changed(1, UUID=None),
    "a real for a whole number": changed(5, Whole=1.0),
    "another name shown in a reference": changed(7, WFInput=attached(output(3, "Something else"))),
    "a wrapped text": changed(1, CustomOutputName=text("Two")),
    "ranges in another order": changed(
        3,
        Text={
            "WFSerializationType": "WFTextTokenString",
            "Value": {
                "string": bare_text("😀 ", output(1), " and ", variable("x"))["string"],
                "attachmentsByRange": {"{9, 1}": variable("x"), "{3, 1}": output(1)},
            },
        },
    ),
    "keys in another order": [
        {**made, "WFWorkflowActionParameters": dict(reversed(made["WFWorkflowActionParameters"].items()))}
        for made in FIRST
    ],
}


@pytest.mark.parametrize("name", SAME)
def test_what_means_the_same_is_equal(name):
    assert found(SAME[name]) == []


def test_no_parameters_equal_empty_ones():
    bare = {"WFWorkflowActionIdentifier": "is.workflow.actions.nothing"}
    assert list(differences(workflow(bare), workflow(action("nothing")))) == []


def test_the_second_may_spell_out_an_implicit_input_but_no_other():
    maker, other = action("getclipboard", UUID=uuid(1)), action("getcurrentlocation", UUID=uuid(2))
    implicit = workflow(maker, other, action("hash"))

    def with_input(token):
        return workflow(maker, other, action("hash", WFInput=attached(token)))

    assert list(differences(implicit, with_input(output(2)))) == []
    assert list(differences(implicit, with_input(output(1)))) != []
    assert list(differences(implicit, with_input(output(2, "", {"Type": "T"})))) != []
    assert list(differences(implicit, with_input(source("Clipboard")))) != []
    assert list(differences(with_input(output(2)), implicit)) != []


def test_comments_do_not_come_between_an_implicit_input_and_its_maker():
    maker, note = action("getclipboard", UUID=uuid(1)), action("comment", WFCommentActionText="x", UUID=uuid(5))
    spelt = action("hash", WFInput=attached(output(1)))
    assert list(differences(workflow(maker, note, action("hash")), workflow(maker, note, spelt))) == []


def test_shared_uuids_mean_the_latest_owner_before():
    def made(second):
        return workflow(
            action("url", UUID=uuid(1)),
            action("hash", WFInput="x", UUID=uuid(second)),
            action("showresult", Text=text(output(1))),
        )

    assert list(differences(made(1), made(1))) == []
    assert list(differences(made(1), made(2))) != []
