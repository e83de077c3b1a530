"""A record's attempts, and the prediction that they become."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workflowllm.checking.checker import check_code
from workflowllm.inference.decoding import Decoding
from workflowllm.inference.prompting import PromptedRecord
from workflowllm.prompts.answers import holds_code, parse_answer
from workflowllm.prompts.examples import has_own_chat
from workflowllm.records.forms import Record

RETRY_TEMPERATURE = 0.8  # of further attempts where the first was greedy


@dataclass
class Attempts:
    """The answers to one prompt so far, of `limit` at most."""

    prompted: PromptedRecord
    decoding: Decoding
    limit: int = 1
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.prompted.record["key"]

    def next_decoding(self) -> Decoding:
        return self.decoding.sampled(RETRY_TEMPERATURE) if self.answers else self.decoding

    def add(self, raw: str, finish: str) -> None:
        """Keep an answer with the checker's errors. `finish`: `stop`, or `length` where it was cut off."""
        temperature, record = self.next_decoding().temperature, self.prompted.record
        # A record with a chat of its own may ask for anything; its answers are kept as they are.
        errors = [] if has_own_chat(record) else errors_of(parse_answer(raw).code, record["apis"])
        self.answers.append({"raw_output": raw, "finish": finish, "errors": errors, "temperature": temperature})

    @property
    def wants_more(self) -> bool:
        return len(self.answers) < self.limit and (not self.answers or bool(self.answers[-1]["errors"]))

    def prediction(self, model: str, split: str, settings: dict[str, Any]) -> Record:
        """The record with the best attempt's answer: the first without errors, else the one with the fewest."""
        best = min(self.answers, key=lambda answer: len(answer["errors"]))
        parsed, prompted = parse_answer(best["raw_output"]), self.prompted
        settings = self.decoding.as_json() | settings | {"level": prompted.level, "examples": prompted.examples}
        return prompted.record | {
            "prompt": prompted.messages,
            "raw_output": best["raw_output"],
            "generated_plan": parsed.plan,
            "generated_code": parsed.code,
            "model": model,
            "settings": settings | {"check": self.limit},
            "split": split,
            "attempts": self.answers,
        }


def errors_of(code: str, offered: Sequence[str]) -> list[str]:
    """The checker's errors, each as `line:column code: message`. Code of comments alone is an error too."""
    if not holds_code(code):
        return ["there is no code"]
    findings = check_code(code, offered)
    return [f"{item.line}:{item.column} {item.code}: {item.message}" for item in findings if item.severity == "error"]
