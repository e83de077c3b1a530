"""The compiler: statements to a flat list of actions, one after the other."""

import ast
import difflib
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from workflowllm.shortcuts.dialect.bindings import SET_VARIABLE_CALL, Binding, called, classify, is_append
from workflowllm.shortcuts.dialect.problems import Fault, Problem
from workflowllm.shortcuts.from_python import actions as made_actions
from workflowllm.shortcuts.from_python import blocks, references
from workflowllm.shortcuts.from_python import values as expressions
from workflowllm.shortcuts.from_python.refusals import refuse_statement
from workflowllm.shortcuts.model.action_table import BUILT_IN, output_name
from workflowllm.shortcuts.model.questions import CATEGORY

_NAMESPACE = uuid.UUID("6f0c8d5e-95a2-4d1b-8c64-1f8a54d0a5c1")  # of our own, so that equal code gives equal UUIDs


@dataclass(slots=True)
class Compiled:
    """The actions of a program, as a property list holds them, and its import questions."""

    actions: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)


@lru_cache(maxsize=4096)
def new_uuid(of: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, of)).upper()


def shown_output(binding: Binding) -> str:
    """What Shortcuts shows for an output: the name given to it, else the Python name in words."""
    return binding.name.replace("_", " ").strip().title() if binding.label is None else binding.label


class Compiler:
    """Compiles statements one after the other into one flat list of actions."""

    def __init__(self, bindings: dict[str, Binding]):
        self.bindings = bindings
        self.result = Compiled()
        self.problems: list[Problem] = []
        self.loops: list[dict[str, str]] = []  # loop variables of the loops around, innermost last
        self.left: dict[str, str] = {}  # loop variables of the last loop that had them
        self.asked: list[dict[str, Any]] = []  # import questions that wait for their action
        self.made: dict[str, str] = {}  # UUID -> name that Shortcuts shows for the output
        self.assigned: set[str] = set()  # names assigned so far, in the order of the text
        self.count = 0

    # Actions

    def emit(
        self,
        identifier: str,
        parameters: dict[str, Any],
        output: str | None = None,
        shown: str | None = None,
        other: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Add an action; `output` is its UUID, `shown` the name that its output is given."""
        stored = dict(parameters)
        if shown is not None:
            stored["CustomOutputName"] = shown
        if output:
            stored["UUID"] = output
            self.made.setdefault(output, shown or output_name(identifier))
        self.answer(stored)
        action = {"WFWorkflowActionIdentifier": identifier, "WFWorkflowActionParameters": stored, **(other or {})}
        self.result.actions.append(action)
        return action

    def answer(self, parameters: dict[str, Any]) -> None:
        """Give the waiting import questions this action, or let them wait for the one that has their parameter."""
        if not self.asked:
            return
        for question in self.asked:
            self.result.questions.append({"ActionIndex": len(self.result.actions), "Category": CATEGORY, **question})
        self.asked = []

    def fresh(self, kind: str) -> str:
        self.count += 1
        return new_uuid(f"{kind} #{self.count}")

    def output_token(self, output: str) -> dict[str, Any]:
        return {"Type": "ActionOutput", "OutputUUID": output, "OutputName": self.made.get(output, "Result")}

    def hoist(self, node: ast.expr) -> dict[str, Any]:
        """Make the action that an expression needs, and refer to its output."""
        identifier, parameters, other = made_actions.action(self, node)
        output = self.fresh("step")
        self.emit(identifier, parameters, output, other=other)
        return self.output_token(output)

    # Names

    def name(self, node: ast.Name) -> dict[str, Any]:
        """The token of a name."""
        for loop in reversed(self.loops):
            if node.id in loop:
                return {"Type": "Variable", "VariableName": loop[node.id]}
        binding = self.bindings.get(node.id)
        if binding is None:
            close = difflib.get_close_matches(node.id, self.bindings, 1)
            advice = f"; did you mean {close[0]}?" if close else "."
            raise Fault(node, f"nothing assigns {node.id}{advice}", "unassigned-name")
        if binding.kind == "loop":
            return {"Type": "Variable", "VariableName": self.left.get(node.id, binding.shown)}
        if binding.kind in ("missing", "output"):
            output = new_uuid(node.id) if binding.uuid is None else binding.uuid
            self.made.setdefault(output, shown_output(binding))
            return self.output_token(output)
        return {"Type": "Variable", "VariableName": binding.shown}

    def variable(self, node: ast.Name) -> str:
        """The name that Shortcuts stores for a variable that is being set."""
        for loop in reversed(self.loops):
            if node.id in loop and self.bindings[node.id].label != loop[node.id]:
                raise Fault(node, f"{node.id} is the variable of the loop; give the new value another name.")
        return self.bindings[node.id].shown

    # Statements

    def block(self, statements: list[ast.stmt]) -> None:
        """Compile the statements of one block; a fault ends one statement, not the block."""
        ended: dict[str, Any] | None = None  # the last block's closing action, while block_result() may follow
        for statement in statements:
            try:
                ended = self.statement(statement, ended)
            except Fault as fault:
                self.problems.append(fault.problem)
                ended = None

    def statement(self, node: ast.stmt, ended: dict[str, Any] | None) -> dict[str, Any] | None:
        if isinstance(node, (ast.If, ast.For, ast.Match)):
            return blocks.compile_block(self, node)
        if isinstance(node, ast.Expr):
            self.expression(node.value, ended)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            self.assignment(node, ended)
        elif isinstance(node, ast.AugAssign):
            self.augmented(node)
        elif not isinstance(node, ast.Pass):
            refuse_statement(node)
        return None

    def expression(self, node: ast.expr, ended: dict[str, Any] | None) -> None:
        name = called(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.emit(BUILT_IN + "comment", {"WFCommentActionText": node.value})
        elif name == "import_question":
            self.import_question(node)
        elif name == "block_result":
            self.block_result(node, ended, None)
        elif name == "branch":
            raise Fault(node, "branch() stands as the first line of an else branch or a menu's case.")
        elif is_append(node) and node.func.value.id in self.bindings:
            self.append(node)
        elif isinstance(node, ast.Constant) and node.value is Ellipsis:
            return
        else:
            identifier, parameters, other = made_actions.action(self, node)
            self.emit(identifier, parameters, other=other)

    def import_question(self, call: ast.Call) -> None:
        given = expressions.keyword_values(self, call)
        if call.args or not given:
            raise Fault(call, 'write import_question(ParameterKey="...", Text="...") before the action it fills.')
        index = given.pop("ActionIndex", None)
        if index is None:
            self.asked.append(given)
        else:
            self.result.questions.append({"ActionIndex": index, "Category": CATEGORY, **given})

    def append(self, call: ast.Call) -> None:
        node = expressions.only_argument(call)
        given = (
            {} if called(node) == "previous" else {"WFInput": expressions.attachment(references.reference(self, node))}
        )
        self.emit(BUILT_IN + "appendvariable", {"WFVariableName": self.variable(call.func.value), **given})

    def block_result(self, call: ast.Call, ended: dict[str, Any] | None, name: str | None) -> None:
        """Name what the block that ends right above gives."""
        if ended is None:
            raise Fault(call, "block_result() stands right after the if, for or match whose result it names.")
        self.mark(call, ended, name)

    def mark(self, call: ast.Call, action: dict[str, Any], name: str | None) -> None:
        """Store what block_result(...) or branch(...) says on the action that it is about."""
        action["WFWorkflowActionParameters"].update(expressions.keyword_values(self, call))
        action.update(made_actions.action_keys(self, call.args))
        if name is not None:
            self.name_output(action, name)

    def name_output(self, action: dict[str, Any], name: str) -> None:
        """Give an action the output that a name stands for."""
        parameters = action["WFWorkflowActionParameters"]
        label = self.bindings[name].label
        if label is not None:
            parameters["CustomOutputName"] = label
        parameters["UUID"] = new_uuid(name)
        self.made[parameters["UUID"]] = shown_output(self.bindings[name])

    def assignment(self, node: ast.Assign | ast.AnnAssign, ended: dict[str, Any] | None) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if len(targets) != 1 or node.value is None:
            raise Fault(node, "assign one value to one name in each line.")
        target, value = targets[0], node.value
        if isinstance(target, ast.Subscript):
            return self.set_key(target, value)
        if not isinstance(target, ast.Name):
            raise Fault(target, "a value can be assigned to a name or to a key of a dictionary, nothing else.")
        return self.assign(target, value, ended)

    def assign(self, target: ast.Name, value: ast.expr, ended: dict[str, Any] | None) -> None:
        binding, kind = self.bindings[target.id], classify(value)
        self.place(target, value, binding, kind, ended)
        self.assigned.add(target.id)

    def place(
        self, target: ast.Name, value: ast.expr, binding: Binding, kind: str, ended: dict[str, Any] | None
    ) -> None:
        if kind == "missing":
            binding.uuid = expressions.constant_text(expressions.only_argument(value), value)
        elif kind == "declare":
            if binding.is_changed and (target.id in self.assigned or self.loops):
                self.empty(target)
        elif kind == "reference":
            self.set_variable(target, value)
        elif binding.kind == "output" and called(value) == "block_result":
            self.block_result(value, ended, target.id)
        elif binding.kind == "output":
            identifier, parameters, other = made_actions.action(self, value)
            self.made[new_uuid(target.id)] = shown_output(binding)
            self.emit(identifier, parameters, new_uuid(target.id), binding.label, other)
        else:
            self.store(target, self.block_token(value, ended) if called(value) == "block_result" else self.hoist(value))

    def empty(self, target: ast.Name) -> None:
        """`x = None` after x held something: Shortcuts stores the output of Nothing."""
        output = self.fresh("nothing")
        self.emit(BUILT_IN + "nothing", {}, output)
        self.store(target, self.output_token(output))

    def block_token(self, call: ast.Call, ended: dict[str, Any] | None) -> dict[str, Any]:
        self.block_result(call, ended, None)
        output = ended["WFWorkflowActionParameters"]["UUID"] = self.fresh("result")
        return self.output_token(output)

    def store(self, target: ast.Name, token: dict[str, Any]) -> None:
        self.emit(
            BUILT_IN + "setvariable",
            {"WFVariableName": self.variable(target), "WFInput": expressions.attachment(token)},
        )

    def set_variable(self, target: ast.Name, value: ast.expr) -> None:
        name = self.variable(target)
        if called(value) == SET_VARIABLE_CALL:
            identifier, parameters, other = made_actions.call(self, value)
            self.emit(identifier, {"WFVariableName": name, **parameters}, other=other)
        elif called(value) == "previous":
            self.emit(BUILT_IN + "setvariable", {"WFVariableName": name})
        else:
            self.store(target, references.reference(self, value))

    def set_key(self, target: ast.Subscript, value: ast.expr) -> None:
        """`d[key] = value`: Set Dictionary Value gives a new dictionary, which the variable then holds."""
        if not isinstance(target.value, ast.Name):
            raise Fault(target, "give the inner dictionary a name, set its key, and put it back.")
        parameters = {
            "WFDictionary": expressions.attachment(references.reference(self, target.value)),
            "WFDictionaryKey": expressions.value(self, target.slice),
            "WFDictionaryValue": expressions.text_token(expressions.text(self, value)),
        }
        output = self.fresh("step")
        self.emit(BUILT_IN + "setvalueforkey", parameters, output)
        self.store(target.value, self.output_token(output))

    def augmented(self, node: ast.AugAssign) -> None:
        """`x += 1`, `x += [item]`, `text += "more"`."""
        if not isinstance(node.target, ast.Name):
            raise Fault(node.target, "only a name can be changed in place.")
        if isinstance(node.value, ast.List) and isinstance(node.op, ast.Add):
            for item in node.value.elts:
                token = references.reference(self, item)
                self.emit(
                    BUILT_IN + "appendvariable",
                    {"WFVariableName": self.variable(node.target), "WFInput": expressions.attachment(token)},
                )
            return
        left = ast.copy_location(ast.Name(node.target.id), node.target)
        self.store(node.target, self.hoist(ast.copy_location(ast.BinOp(left, node.op, node.value), node)))
