"""A record's attempts, and the prediction that they become."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workflowllm.checking.checker import check_code
from workflowllm.inference.decoding import Decoding
from workflowllm.inference.prompting import Asked
from workflowllm.prompts.answers import holds_code, parse_answer
from workflowllm.prompts.examples import has_own_chat
from workflowllm.records.forms import Record

AGAIN = 0.8  # temperature of further attempts where the first was greedy


@dataclass
class Attempts:
    """The answers to one prompt so far; `at_most` says how many may be asked for."""

    asked: Asked
    decoding: Decoding
    at_most: int = 1
    tried: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.asked.record["key"]

    def next_decoding(self) -> Decoding:
        return self.decoding.sampled(AGAIN) if self.tried else self.decoding

    def add(self, raw: str, finish: str) -> None:
        """Keep an answer with the checker's errors. `finish`: `stop`, or `length` where it was cut off."""
        decoding, record = self.next_decoding(), self.asked.record
        # A chat of its own may ask for anything; its answers are kept as they come.
        errors = [] if has_own_chat(record) else errors_of(parse_answer(raw).code, record["apis"])
        self.tried.append({"raw_output": raw, "finish": finish, "errors": errors, "temperature": decoding.temperature})

    @property
    def wants_more(self) -> bool:
        return len(self.tried) < self.at_most and (not self.tried or bool(self.tried[-1]["errors"]))

    def prediction(self, model: str, split: str, settings: dict[str, Any]) -> Record:
        """The record with the best attempt's answer: the first without errors, else that with the fewest."""
        best = min(self.tried, key=lambda attempt: len(attempt["errors"]))
        answer = parse_answer(best["raw_output"])
        settings = self.decoding.as_json() | settings | {"level": self.asked.level, "examples": self.asked.examples}
        return self.asked.record | {
            "prompt": self.asked.messages,
            "raw_output": best["raw_output"],
            "generated_plan": answer.plan,
            "generated_code": answer.code,
            "model": model,
            "settings": settings | {"check": self.at_most},
            "split": split,
            "attempts": self.tried,
        }


def errors_of(code: str, offered: Sequence[str]) -> list[str]:
    """The checker's errors, each as `line:column code: message`; no code beside comments is one."""
    if not holds_code(code):
        return ["there is no code"]
    found = check_code(code, offered)
    return [f"{item.line}:{item.column} {item.code}: {item.message}" for item in found if item.severity == "error"]
