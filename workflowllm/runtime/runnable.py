"""A shortcut ready to run: its tree as steps. The only module that reads the project's model of shortcuts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from workflowllm.runtime import actions
from workflowllm.runtime.endings import WorldError
from workflowllm.runtime.if_conditions import compile_condition, has_condition, is_all
from workflowllm.runtime.interpreter import Arm, IfStep, LeafStep, LoopStep, MenuStep
from workflowllm.runtime.locales import load_named_locales
from workflowllm.runtime.references import is_typed
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.mending import mended_tree
from workflowllm.shortcuts.model.tree import (
    REPEAT_EACH,
    Action,
    If,
    Leaf,
    Loop,
    Menu,
    Node,
    branches,
    read_actions,
)
from workflowllm.shortcuts.model.workflow import build_workflow

Step = LeafStep | IfStep | LoopStep | MenuStep
QUESTIONS = "WFWorkflowImportQuestions"


@dataclass
class Program:
    """A workflow and its steps. `name` is what Run Shortcut knows it by."""

    workflow: dict[str, Any]
    name: str = ""
    code: str | None = None  # the Python that it was compiled from
    answers: Mapping[str, Any] = field(default_factory=dict)  # to import questions

    def __post_init__(self) -> None:
        load_named_locales(self.workflow)

    @cached_property
    def actions(self) -> list[Action]:
        return _answered(read_actions(self.workflow), self.workflow.get(QUESTIONS), self.answers)

    @cached_property
    def steps(self) -> list[Step]:
        return _Builder(self.actions).steps(mended_tree(self.actions)[0])

    def identifier_at(self, index: int) -> str:
        return self.actions[index].identifier if 0 <= index < len(self.actions) else ""


def program_of(path: Path, answers: Mapping[str, Any] | None = None) -> Program:
    """The program of a shortcut file of any kind, or of Python in the dialect."""
    if path.suffix != ".py":
        return Program(read_file(path).workflow, path.stem, None, answers or {})
    try:
        code = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ShortcutError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from None
    return program_of_code(code, path.stem, answers)


def program_of_code(code: str, name: str = "", answers: Mapping[str, Any] | None = None) -> Program:
    """The program that Python in the dialect stands for. The code is parsed, never run."""
    return Program(build_workflow(compile_code(code)), name, code, answers or {})


def read_shortcuts(paths: Mapping[str, str], folder: Path) -> dict[str, Program]:
    """The other shortcuts of a world, read before the run."""
    programs = {}
    for name, path in paths.items():
        try:
            programs[name] = program_of(folder / path)
        except ShortcutError as error:
            raise WorldError(f"the shortcut {name!r} of the world: {error}") from None
    return programs


def _answered(actions_: list[Action], questions: Any, answers: Mapping[str, Any]) -> list[Action]:
    """The actions with the answers to import questions filled in: the world's, else the default."""
    for question in questions if isinstance(questions, list) else ():
        if not isinstance(question, Mapping):
            continue
        index, key = question.get("ActionIndex"), question.get("ParameterKey")
        answer = answers.get(str(question.get("Text")), question.get("DefaultValue"))
        if isinstance(index, int) and 0 <= index < len(actions_) and isinstance(key, str) and answer is not None:
            action = actions_[index]
            action.parameters = {**action.parameters, key: answer}
    return actions_


def makers_before(actions_: Sequence[Action]) -> list[Action | None]:
    """For each action, the last one above it that may have given an output; variables and comments are seen past."""
    before: list[Action | None] = []
    last = None
    for action in actions_:
        before.append(last)
        if action.identifier not in _SEEN_PAST:
            last = action
    return before


def outputs_of(actions_: Sequence[Action], identifiers: frozenset[str]) -> frozenset[str]:
    """The UUIDs of the outputs of such actions."""
    makers = (action for action in actions_ if action.identifier in identifiers and not _asks_for_more(action))
    return frozenset(uuid for action in makers if (uuid := _uuid(action)))


def _asks_for_more(action: Action) -> bool:
    """Whether an Ask for Input asks for anything but text."""
    return action.identifier == _ASK and action.parameters.get("WFInputType", "Text") != "Text"


_ASK = actions.BUILT_IN + "ask"
_GIVE_RAW_VALUE = frozenset({actions.BUILT_IN + "getvalueforkey"})
_GIVE_DICTIONARY = frozenset({actions.BUILT_IN + "dictionary", actions.BUILT_IN + "setvalueforkey"})
_SEEN_PAST = frozenset(actions.BUILT_IN + name for name in ("comment", "setvariable", "appendvariable"))


class _Builder:
    """Turns a tree's nodes into steps. Parameters are compiled when they are first needed."""

    def __init__(self, actions_: Sequence[Action]):
        self.makers = makers_before(actions_)
        self.text_outputs = outputs_of(actions_, actions.GIVE_TEXT)
        self.raw_outputs = outputs_of(actions_, _GIVE_RAW_VALUE)
        self.dictionary_outputs = outputs_of(actions_, _GIVE_DICTIONARY)

    def steps(self, nodes: Sequence[Node]) -> list[Step]:
        return [_BUILDERS[type(node)](self, node) for node in nodes]

    def leaf(self, node: Leaf) -> LeafStep:
        action = node.action
        raw, rule = action.parameters, actions.rule_of(action.identifier)
        owned = "UUID" in raw or "CustomOutputName" in raw
        return LeafStep(action.index, action.identifier, raw, rule, _uuid(action), owned)

    def conditional(self, node: If) -> IfStep:
        arms = [self.raw_arm(node.start, node.body, is_first=True)]
        arms += [self.raw_arm(branch.start, branch.body, is_first=False) for branch in branches(node)]
        return IfStep(node.start.index, arms, _uuid(node.end), self.compile_arm)

    def raw_arm(self, start: Action, body: Sequence[Node], is_first: bool) -> tuple[Action, list[Step], bool]:
        """Fact 44: a middle action with a condition is Otherwise If, one without it Otherwise."""
        return start, self.steps(body), is_first or has_condition(start.parameters)

    def compile_arm(self, raw: tuple[Action, list[Step], bool]) -> Arm:
        start, steps, is_conditional = raw
        parameters = start.parameters
        conditions = compile_condition(parameters, self.text_outputs, self.raw_outputs) if is_conditional else None
        return Arm(start.index, conditions, is_all(parameters), steps)

    def loop(self, node: Loop) -> LoopStep:
        each = node.start.identifier == REPEAT_EACH
        parameters = node.start.parameters
        source = parameters.get("WFInput") if each else parameters.get("WFRepeatCount", 1)
        over_keys = each and self.is_dictionary(node.start, source)
        return LoopStep(node.start.index, each, source, self.steps(node.body), _uuid(node.end), over_keys)

    def is_dictionary(self, start: Action, source: Any) -> bool:
        """Whether a loop's input is a dictionary for sure: a list of one, as JSON has it, looks the same."""
        if source is None:
            maker = self.makers[start.index]
            return maker is not None and maker.identifier in _GIVE_DICTIONARY
        return is_typed(source, "WFDictionaryContentItem", self.dictionary_outputs)

    def menu(self, node: Menu) -> MenuStep:
        parameters = node.start.parameters
        titles = [
            case.start.parameters.get("WFMenuItemAttributedTitle", case.start.parameters.get("WFMenuItemTitle", ""))
            for case in node.cases
        ]
        cases = [self.steps(case.body) for case in node.cases]
        return MenuStep(
            node.start.index,
            parameters.get("WFMenuPrompt", ""),
            parameters.get("WFMenuItems"),
            titles,
            self.steps(node.before),
            cases,
            _uuid(node.end),
        )


_BUILDERS = {Leaf: _Builder.leaf, If: _Builder.conditional, Loop: _Builder.loop, Menu: _Builder.menu}


def _uuid(action: Action) -> str | None:
    uuid = action.parameters.get("UUID")
    return uuid.upper() if isinstance(uuid, str) else None
