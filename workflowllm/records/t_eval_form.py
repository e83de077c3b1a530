"""The JSON plan of T-Eval (Chen et al. 2023, arXiv 2312.14033): what is written for training and read for scoring.

A plan is a list of `{"id", "prev", "name", "args"}`, the calls in order; `prev` lists the ids of the calls whose
outputs a call uses. It ends with a call of `FinishAction`.
"""

import json
from typing import Any

FINISH = "FinishAction"
Plan = list[dict[str, Any]]


def plan_text(plan: Plan) -> str:
    """A plan as a model is asked to write it: JSON without `prev`, each `args` as a string."""
    return json.dumps(
        [{"id": call["id"], "name": call["name"], "args": str(call["args"])} for call in plan], ensure_ascii=False
    )
