"""Statements that are no blocks: lines of their own, and assignments."""

import ast

from workflowllm.shortcuts.dialect.bindings import Binding, called, classify, is_append
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.value_kinds import NUMBER, is_list
from workflowllm.shortcuts.dialect.words import SET_VARIABLE_CALL
from workflowllm.shortcuts.from_python.actions import action_keys, call_action, new_action
from workflowllm.shortcuts.from_python.literals import constant_text, is_string, only_argument
from workflowllm.shortcuts.from_python.python_words import OF_MODULES
from workflowllm.shortcuts.from_python.refusals import refuse_statement
from workflowllm.shortcuts.from_python.state import NewAction
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.plist_types import ActionDict, Token
from workflowllm.shortcuts.model.shortcut_input import CLASSES, KINDS, NO_INPUT, SHARE_SHEET, SURFACES, classes_of
from workflowllm.shortcuts.model.wrapped import attachment, text_token

Ended = ActionDict | None  # the closing action of the block that ends right above a statement


_NO_INPUT = {"clipboard": "WFWorkflowNoInputBehaviorGetClipboard", "ask": "WFWorkflowNoInputBehaviorAskForInput"}


# Lines of their own


def compile_expression(values: ValueCompiler, statement: ast.Expr, ended: Ended) -> None:
    """A line that assigns nothing."""
    node = statement.value
    word = called(node)
    if is_string(node):
        values.state.emit(NewAction(BUILT_IN + "comment", {"WFCommentActionText": node.value}))
    elif word == "import_question":
        _import_question(values, node)
    elif word == "receives":
        _receives(values, node)
    elif word == "block_result":
        _block_result(values, node, ended, None)
    elif word == "branch":
        raise Fault(node, "branch() stands as the first line of an else branch or a menu's case.")
    elif is_append(node) and node.func.value.id in values.state.bindings:
        _append(values, node.func.value, only_argument(node))
    elif not (isinstance(node, ast.Constant) and node.value is Ellipsis):
        values.state.emit(new_action(values, node))


def compile_import(_values: ValueCompiler, statement: ast.Import | ast.ImportFrom, _ended: Ended) -> None:
    """`import random` says nothing: what Shortcuts has of a module are words."""
    known = OF_MODULES.keys() - {"datetime"} if isinstance(statement, ast.Import) else set()
    if isinstance(statement, ast.ImportFrom) and statement.module == "datetime":
        known = {"datetime"}  # whose now() is the class's, not the module's
    if any(alias.asname or alias.name not in known for alias in statement.names):
        refuse_statement(statement)


def _import_question(values: ValueCompiler, call: ast.Call) -> None:
    question = values.keywords(call)
    if call.args or not question:
        raise Fault(call, 'write import_question(ParameterKey="...", Text="...") before the action it fills.')
    values.state.ask(question, call)


def _receives(values: ValueCompiler, call: ast.Call) -> None:
    """receives("URL", "Text", share_sheet=False, otherwise="clipboard"): what the shortcut takes, and where from."""
    advice = f'receives() takes any of {", ".join(KINDS)}, share_sheet=True or False, and otherwise="clipboard", "ask".'
    kinds = [constant_text(node, call) for node in call.args]
    words = {keyword.arg: keyword.value for keyword in call.keywords}
    shown, otherwise = words.pop("share_sheet", ast.Constant(True)), words.pop("otherwise", ast.Constant(None))
    is_said = isinstance(shown, ast.Constant) and isinstance(shown.value, bool) and isinstance(otherwise, ast.Constant)
    if words or not is_said or any(kind not in KINDS for kind in kinds) or otherwise.value not in (None, *_NO_INPUT):
        raise Fault(call, advice)
    if values.state.result.metadata:
        raise Fault(call, "a shortcut has one line receives(...).")
    metadata = values.state.result.metadata
    metadata[SURFACES] = [SHARE_SHEET] if shown.value else []
    if kinds:
        metadata[CLASSES] = classes_of(dict.fromkeys(kinds))
    if otherwise.value:
        parameters = {"ItemClass": KINDS[kinds[0]][0] if kinds else KINDS["Text"][0]}
        is_question = otherwise.value == "ask"
        metadata[NO_INPUT] = {"Name": _NO_INPUT[otherwise.value], "Parameters": parameters if is_question else {}}


def _append(values: ValueCompiler, target: ast.Name, item: ast.expr) -> None:
    """Add to Variable."""
    stored = {} if called(item) == "previous" else {"WFInput": values.attached(item)}
    parameters = {"WFVariableName": values.state.variable(target), **stored}
    values.state.emit(NewAction(BUILT_IN + "appendvariable", parameters))


def _block_result(values: ValueCompiler, call: ast.Call, ended: Ended, name: str | None) -> ActionDict:
    """Name what the block that ends right above gives, and store what block_result(...) says on its closing action."""
    if ended is None:
        raise Fault(call, "block_result() stands right after the if, for or match whose result it names.")
    store_more(values, call, ended, name)
    return ended


def store_more(values: ValueCompiler, call: ast.Call, action: ActionDict, name: str | None) -> None:
    """Store what block_result(...) or branch(...) says on the action that it is about, and name its output."""
    action["WFWorkflowActionParameters"].update(values.keywords(call))
    action.update(action_keys(values, call.args))
    if name is not None:
        values.state.name_output(action, name)


# Assignments


def compile_assignment(values: ValueCompiler, node: ast.Assign | ast.AnnAssign, ended: Ended) -> None:
    """`name = value`, `name: "shown name" = value`, `name[key] = value`."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if len(targets) != 1 or node.value is None:
        raise Fault(node, "assign one value to one name in each line.")
    target, value = targets[0], node.value
    if isinstance(target, ast.Subscript):
        return _set_key(values, target, value)
    if not isinstance(target, ast.Name):
        raise Fault(target, "a value can be assigned to a name or to a key of a dictionary, nothing else.")
    _assign(values, target, value, ended)
    values.state.assigned.add(target.id)
    return None


def _assign(values: ValueCompiler, target: ast.Name, value: ast.expr, ended: Ended) -> None:
    state, binding, site = values.state, values.state.bindings[target.id], classify(value)
    if site == "missing":
        binding.uuid = constant_text(only_argument(value), value) if value.args or value.keywords else None
    elif site == "declare":
        if binding.is_changed and (target.id in state.assigned or state.is_in_loop):
            _empty(values, target)
    elif site == "reference":
        _set_variable(values, target, value)
    elif binding.kind == "output":
        _name_output(values, binding, value, ended)
    elif called(value) == "block_result":
        closing = _block_result(values, value, ended, None)
        output = closing["WFWorkflowActionParameters"]["UUID"] = state.fresh("result")
        _store(values, target, state.output_token(output))
    else:
        _store(values, target, values.hoist(value))


def _name_output(values: ValueCompiler, binding: Binding, value: ast.expr, ended: Ended) -> None:
    """`name = call(...)`: the name stands for the action's output."""
    if called(value) == "block_result":
        _block_result(values, value, ended, binding.name)
        return
    action = new_action(values, value)
    values.state.emit(action, values.state.announce(binding.name), binding.label)


def _empty(values: ValueCompiler, target: ast.Name) -> None:
    """`x = None` after x held something: Shortcuts stores the output of Nothing."""
    output = values.state.fresh("nothing")
    values.state.emit(NewAction(BUILT_IN + "nothing", {}), output)
    _store(values, target, values.state.output_token(output))


def _store(values: ValueCompiler, target: ast.Name, token: Token) -> None:
    """Set Variable."""
    parameters = {"WFVariableName": values.state.variable(target), "WFInput": attachment(token)}
    values.state.emit(NewAction(BUILT_IN + "setvariable", parameters))


def _set_variable(values: ValueCompiler, target: ast.Name, value: ast.expr) -> None:
    """`name = reference`."""
    name = values.state.variable(target)
    if called(value) == SET_VARIABLE_CALL:
        action = call_action(values, value)
        parameters = {"WFVariableName": name, **action.parameters}
        values.state.emit(NewAction(action.identifier, parameters, action.other))
    elif called(value) == "previous":
        values.state.emit(NewAction(BUILT_IN + "setvariable", {"WFVariableName": name}))
    else:
        _store(values, target, values.reference(value))


def _set_key(values: ValueCompiler, target: ast.Subscript, value: ast.expr) -> None:
    """`d[key] = value`: Set Dictionary Value gives a new dictionary, which the variable then holds."""
    if not isinstance(target.value, ast.Name):
        raise Fault(target, "give the inner dictionary a name, set its key, and put it back.")
    identifier, key = BUILT_IN + "setvalueforkey", "WFDictionaryKey"
    kinds = values.state.kinds
    if is_list(kinds.of(target.value)) or kinds.of(target.slice) == NUMBER or isinstance(target.slice, ast.Slice):
        raise Fault(target, "an item of a list cannot be changed; make a new list.")
    parameters = {
        "WFDictionary": values.attached(target.value),
        key: values.parameter(key, target.slice, identifier),
        "WFDictionaryValue": text_token(values.text(value)),
    }
    _store(values, target.value, values.state.emit_step(NewAction(identifier, parameters)))


def compile_augmented(values: ValueCompiler, node: ast.AugAssign, _: Ended) -> None:
    """`x += 1`, `x += [item]`, `text += "more"`."""
    if not isinstance(node.target, ast.Name):
        raise Fault(node.target, "only a name can be changed in place.")
    if isinstance(node.value, ast.List) and isinstance(node.op, ast.Add):
        for item in node.value.elts:
            _append(values, node.target, item)
        return
    left = ast.copy_location(ast.Name(node.target.id), node.target)
    changed = ast.copy_location(ast.BinOp(left, node.op, node.value), node)
    _store(values, node.target, values.hoist(changed))
