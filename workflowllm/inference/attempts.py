"""A record's attempts, and the prediction that they become.

An answer with faults is first repaired: the model is told them as the next turn, `repairs` times. Then it is drawn
anew, `limit` times in all. An answer without faults ends it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflowllm.checking.checker import check_code
from workflowllm.inference.decoding import Decoding
from workflowllm.inference.prompting import PromptedRecord
from workflowllm.inference.run_options import InferenceOptions
from workflowllm.prompts.answers import holds_code, parse_answer
from workflowllm.prompts.examples import has_own_chat
from workflowllm.prompts.prompt_files import Message
from workflowllm.prompts.repair import repair_messages
from workflowllm.records.forms import Record

RETRY_TEMPERATURE = 0.8  # of answers that are drawn anew where the first was greedy
Faults = Callable[[str, Sequence[str]], list[str]]  # of code, with the APIs that it may call


def errors_of(code: str, offered: Sequence[str]) -> list[str]:
    """The checker's errors, each as `line:column code: message`. Code of comments alone is an error too."""
    if not holds_code(code):
        return ["there is no code"]
    findings = check_code(code, offered)
    return [f"{item.line}:{item.column} {item.code}: {item.message}" for item in findings if item.severity == "error"]


@dataclass
class Attempts:
    """The answers to one prompt so far."""

    prompted: PromptedRecord
    decoding: Decoding
    limit: int = 1  # answers drawn
    repairs: int = 0  # of each of them
    faults: Faults = errors_of
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.prompted.record["key"]

    @property
    def repair(self) -> int:
        """Which repair the next answer is; 0 where it is drawn anew."""
        if not self.answers or not self.answers[-1]["errors"]:
            return 0
        done = self.answers[-1].get("repair", 0)
        return done + 1 if done < self.repairs else 0

    def next_decoding(self) -> Decoding:
        drawn_anew = self.answers and not self.repair
        return self.decoding.sampled(RETRY_TEMPERATURE) if drawn_anew else self.decoding

    def next_messages(self) -> list[Message]:
        """What is asked next: the prompt, or the prompt with the last answer and its faults."""
        if not self.repair:
            return self.prompted.messages
        last = self.answers[-1]
        code = parse_answer(last["raw_output"]).code
        return repair_messages(self.prompted.messages, last["raw_output"], code, last["errors"])

    def add(self, raw: str, finish: str) -> None:
        """Keep an answer with its faults. `finish`: `stop`, or `length` where it was cut off."""
        temperature, record, repair = self.next_decoding().temperature, self.prompted.record, self.repair
        # A record with a chat of its own may ask for anything; its answers are kept as they are.
        errors = [] if has_own_chat(record) else self.faults(parse_answer(raw).code, record["apis"])
        answer = {"raw_output": raw, "finish": finish, "errors": errors, "temperature": temperature}
        self.answers.append(answer | ({"repair": repair} if repair else {}))

    @property
    def wants_more(self) -> bool:
        if not self.answers:
            return True
        drawn = sum("repair" not in answer for answer in self.answers)
        return bool(self.answers[-1]["errors"]) and (self.repair > 0 or drawn < self.limit)

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
            "settings": settings | {"check": self.limit, "repair": self.repairs},
            "split": split,
            "attempts": self.answers,
        }


def start_attempts(prompted: PromptedRecord, options: InferenceOptions, faults: Faults = errors_of) -> Attempts:
    """A prompt's attempts as the options have them."""
    return Attempts(prompted, options.decoding, options.attempts, options.repairs, faults)
