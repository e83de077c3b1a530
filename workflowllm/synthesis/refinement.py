"""A model goes over plan and code; what it gives back is taken only where it is no worse."""

from workflowllm.dataset.answers import parse_answer
from workflowllm.dataset.generation import api_documents
from workflowllm.dataset.records import Record
from workflowllm.llm.budget import BYTES_PER_TOKEN, estimated
from workflowllm.llm.client import Client
from workflowllm.llm.prompt_files import Message, Prompt
from workflowllm.llm.replies import Estimate
from workflowllm.synthesis.rules import REASONS, Rules, broken_rule

FIELDS = frozenset({"query", "apis", "plan", "code"})


def refinement_messages(record: Record, prompt: Prompt) -> list[Message]:
    """The prompt that shows a record's plan and code. API documents are whole (level 0)."""
    return prompt.messages(
        query=record["query"],
        apis=api_documents(record.get("apis") or []),
        plan=record.get("task_plan") or "(none)",
        code=record.get("workflow_code") or "",
    )


async def refined(record: Record, client: Client, prompt: Prompt, rules: Rules) -> Record:
    """The record with the better of the two versions as its plan and code, and both of them in `raw` and `refined`."""
    reply = await client.ask(refinement_messages(record, prompt))
    answer = parse_answer(reply.text)
    raw = {"task_plan": record.get("task_plan"), "workflow_code": record.get("workflow_code")}
    new = {"task_plan": answer.plan or raw["task_plan"], "workflow_code": answer.code}
    is_cut = reply.finish_reason == "length" or (answer.is_cut and not answer.code)
    taken = not is_cut and is_no_worse(record | new, record, rules)
    facts = {"taken": taken, "answer": reply.text, "model": client.settings.model, "prompt_sha256": prompt.sha256}
    return record | (new if taken else {}) | {"raw": raw, "refined": new | facts}


def is_no_worse(new: Record, old: Record, rules: Rules) -> bool:
    """Whether the new version keeps all rules, or breaks a later one than the old."""
    broken = broken_rule(new, rules)
    return not broken or REASONS.index(broken) >= (REASONS + ("",)).index(broken_rule(old, rules))


def estimate(record: Record, prompt: Prompt) -> list[Estimate]:
    """One call: the prompt, and an answer as long as plan and code."""
    answered = sum(len(record[name]) for name in ("task_plan", "workflow_code") if isinstance(record.get(name), str))
    return [estimated(refinement_messages(record, prompt), int(answered / BYTES_PER_TOKEN))]
