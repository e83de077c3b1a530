"""What the compiler knows while it goes through a program: the actions so far, and what each name means there."""

import ast
import difflib
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from workflowllm.shortcuts.dialect.bindings import Binding
from workflowllm.shortcuts.dialect.problems import Fault, Problem
from workflowllm.shortcuts.from_python.kind_inference import Kinds
from workflowllm.shortcuts.model.action_table import output_name
from workflowllm.shortcuts.model.plist_types import ActionDict, Parameters, QuestionDict, Token
from workflowllm.shortcuts.model.questions import CATEGORY, is_filled
from workflowllm.shortcuts.model.workflow import Compiled

_NAMESPACE = uuid.UUID("6f0c8d5e-95a2-4d1b-8c64-1f8a54d0a5c1")  # our own: equal code gives equal UUIDs

_MAX_SEARCHES = 20  # for names that are nearly right; 1,500 unknown names among as many take 5 s


class NewAction(NamedTuple):
    """An action before it is added: its identifier, its parameters, and its keys beside the two."""

    identifier: str
    parameters: Parameters
    other: dict[str, Any] | None = None


@dataclass(slots=True)
class _Question:
    """An import question, and the index of the action that it fills, once that is known."""

    question: QuestionDict
    call: ast.Call
    index: Any


@lru_cache(maxsize=4096)
def new_uuid(of: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, of)).upper()


def shown_output(binding: Binding) -> str:
    """What Shortcuts shows for an output: the name given to it, else the Python name in words."""
    return binding.name.replace("_", " ").strip().title() if binding.label is None else binding.label


class State:
    """The actions, questions and problems so far, and the names that are in sight."""

    def __init__(self, bindings: dict[str, Binding], otherwise_if: bool = False):
        self.bindings = bindings
        self.kinds = Kinds(bindings)
        self.otherwise_if = otherwise_if  # whether elif becomes OS 27's Otherwise If
        self.result = Compiled()
        self.problems: list[Problem] = []
        self.assigned: set[str] = set()  # names assigned so far, in the order of the text
        self._loops: list[dict[str, str]] = []  # Python name -> loop variable, of the loops around, innermost last
        self._ended_loops: dict[str, str] = {}  # the same of loops that have ended
        self._asked: list[_Question] = []
        self._waiting: dict[str, list[_Question]] = {}  # parameter -> questions that no action has filled yet
        self._shown: dict[str, str] = {}  # UUID -> name that Shortcuts shows for the output
        self._held: dict[str, Token] = {}  # names of `held` -> their references
        self._count = 0
        self._searches = 0

    # Actions

    def emit(self, action: NewAction, output: str | None = None, shown: str | None = None) -> ActionDict:
        """Add an action; `output` is its UUID, `shown` the name that its output is given."""
        stored = dict(action.parameters)
        if shown is not None:
            stored["CustomOutputName"] = shown
        if output:
            stored["UUID"] = output
            self._shown.setdefault(output, shown or output_name(action.identifier))
        if self._waiting:
            self._answer(stored)
        emitted = {
            "WFWorkflowActionIdentifier": action.identifier,
            "WFWorkflowActionParameters": stored,
            **(action.other or {}),
        }
        self.result.actions.append(emitted)
        return emitted

    def emit_step(self, action: NewAction) -> Token:
        """Add an action whose output has no name, and refer to it."""
        output = self.fresh("step")
        self.emit(action, output)
        return self.output_token(output)

    def held(self, token: Token, node: ast.expr) -> ast.Name:
        """A name that no program can spell, for the reference that an expression has become."""
        name = f"{len(self._held)} "
        self._held[name] = token
        self.kinds.note(name, self.kinds.of(node))
        return ast.copy_location(ast.Name(name), node)

    def stand_for(self, name: str, token: Token) -> None:
        """Let a loop's variable stand for a reference from here on."""
        self._held[name] = token

    def fresh(self, kind: str) -> str:
        """A UUID that nothing else has."""
        self._count += 1
        return new_uuid(f"{kind} #{self._count}")

    def output_token(self, output: str) -> Token:
        return {"Type": "ActionOutput", "OutputUUID": output, "OutputName": self._shown.get(output, "Result")}

    def name_output(self, action: ActionDict, name: str) -> None:
        """Give an action that has been added the output that a name stands for."""
        parameters, binding = action["WFWorkflowActionParameters"], self.bindings[name]
        if binding.label is not None:
            parameters["CustomOutputName"] = binding.label
        parameters["UUID"] = self.announce(name)

    def announce(self, name: str) -> str:
        """The UUID of the output that a name stands for, whose shown name is the binding's from now on."""
        output = new_uuid(name)
        self._shown[output] = shown_output(self.bindings[name])
        return output

    # Import questions

    def ask(self, question: QuestionDict, call: ast.Call) -> None:
        """A question: of the action with its index, or else of the next one that has its parameter."""
        asked, key = _Question(question, call, question.get("ActionIndex")), question.get("ParameterKey")
        if asked.index is None:
            if not isinstance(key, str):
                raise Fault(call, 'an import question names the parameter that it fills: ParameterKey="...".')
            self._waiting.setdefault(key, []).append(asked)
        self._asked.append(asked)

    def _answer(self, parameters: Parameters) -> None:
        """Give the action about to be added the questions about its parameters; the others go on waiting."""
        for key in [key for key in parameters if key in self._waiting and is_filled(key, parameters)]:
            for asked in self._waiting.pop(key):
                asked.index = len(self.result.actions)

    def finish(self) -> None:
        """Add the questions, in the order of the text; those that no action fills are problems."""
        for asked in self._asked:
            if asked.index is None:
                key = asked.question.get("ParameterKey")
                self.problems.append(Fault(asked.call, f"no action after this line has the parameter {key}.").problem)
            self.result.questions.append({"ActionIndex": asked.index, "Category": CATEGORY, **asked.question})

    # Names

    def name(self, node: ast.Name) -> Token:
        """The reference that a name stands for."""
        if node.id in self._held:
            return self._held[node.id]
        for loop in reversed(self._loops):
            if node.id in loop:
                return {"Type": "Variable", "VariableName": loop[node.id]}
        binding = self.bindings.get(node.id)
        if binding is None:
            raise Fault(node, f"nothing assigns {node.id}{self._advice(node.id)}", "unassigned-name")
        if binding.kind == "loop":
            return {"Type": "Variable", "VariableName": self._ended_loops.get(node.id, binding.shown)}
        if binding.kind in ("missing", "output"):
            output = new_uuid(node.id) if binding.uuid is None else binding.uuid
            self._shown.setdefault(output, shown_output(binding))
            return self.output_token(output)
        return {"Type": "Variable", "VariableName": binding.shown}

    def _advice(self, name: str) -> str:
        """The assigned name that is nearest to an unknown one. Each search goes over all names, so they are few."""
        self._searches += 1
        close = difflib.get_close_matches(name, self.bindings, 1) if self._searches <= _MAX_SEARCHES else []
        return f"; did you mean {close[0]}?" if close else "."

    def variable(self, node: ast.Name) -> str:
        """The name that Shortcuts stores for a variable that is being set."""
        self._held.pop(node.id, None)
        for loop in reversed(self._loops):
            if node.id in loop and self.bindings[node.id].label != loop[node.id]:
                raise Fault(node, f"{node.id} is the variable of the loop; give the new value another name.")
        return self.bindings[node.id].shown

    @property
    def is_in_loop(self) -> bool:
        return bool(self._loops)

    def enter_loop(self, variables: dict[str, str | None]) -> None:
        """Begin a loop's body. `variables` maps Repeat Item and Repeat Index to Python names.

        Shortcuts numbers them by the loop's depth: `Repeat Item 2` in the second loop.
        """
        suffix = f" {len(self._loops) + 1}" if self._loops else ""
        for variable in variables.values():
            self._held.pop(variable or "", None)
        self._loops.append({name: variable + suffix for variable, name in variables.items() if name})

    def leave_loop(self) -> None:
        self._ended_loops.update(self._loops.pop())
