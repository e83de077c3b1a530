"""Calculate Expression: a text that is an expression becomes its value."""

from decimal import Decimal

from workflowllm.runtime.arithmetic import ExpressionError, evaluate
from workflowllm.runtime.call import Call
from workflowllm.runtime.items import bounded
from workflowllm.runtime.rule import ActionRule


def calculate_expression(call: Call) -> list[Decimal | None]:
    call.lean("unknown-operation")
    return [_value(call, text) for text in call.texts("Input") if text.strip()]


def _value(call: Call, text: str) -> Decimal | None:
    try:
        return bounded(evaluate(text))
    except ExpressionError as error:
        call.fail(f"Calculate Expression can't calculate {text.strip()[:60]!r}: {error}")


ACTIONS: dict[str, ActionRule] = {
    "calculateexpression": ActionRule(calculate_expression, input="Input", gives="number"),
}
