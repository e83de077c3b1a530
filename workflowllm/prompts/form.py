"""What a model's prompts look like, stored beside its weights: the same texts and the same room at inference."""

import json
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from workflowllm.prompts.generation import generation_prompt
from workflowllm.prompts.prompt_files import Prompt
from workflowllm.runs.command import CommandError
from workflowllm.runs.output_files import write_bytes

FILE = "prompt_form.json"


@dataclass(frozen=True)
class PromptForm:
    """The prompt's own texts, the tokens that it may take, and what the answer consists of."""

    prompt: Prompt
    max_prompt_tokens: int
    plan: bool = True
    comments: bool = True

    @classmethod
    def of(
        cls,
        max_length: int = 8192,
        max_prompt_tokens: int | None = None,
        plan: bool = True,
        comments: bool = True,
        prompt: str = "generate",
    ) -> "PromptForm":
        """The form by flags. Without a number, a prompt may take three eighths of `max_length`.

        On 1,061 real records that keeps 1,005 at 8,192 (28 with shorter documents), 883 at 4,096 and 753 at 2,048;
        one half keeps 992, 868 and 721; shortening until prompt and answer fit would keep 1,017, 907 and 764.
        """
        room = max_prompt_tokens or max_length * 3 // 8
        if room >= max_length:
            raise CommandError(f"prompts of {room} tokens leave no room for an answer in {max_length}.")
        return cls(generation_prompt(prompt, plan=plan, comments=comments), room, plan, comments)

    def save(self, folder: Path) -> None:
        """Write `prompt_form.json` into a model's folder."""
        content: dict[str, Any] = {
            "prompt": {
                "name": self.prompt.name,
                "sha256": self.prompt.sha256,
                "system": self.prompt.system.template,
                "user": self.prompt.user.template,
            },
            "max_prompt_tokens": self.max_prompt_tokens,
            "plan": self.plan,
            "comments": self.comments,
        }
        write_bytes(folder / FILE, json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8") + b"\n")

    @classmethod
    def load(cls, folder: Path) -> "PromptForm | None":
        """The form that a model was trained with; None in a folder of a model that is not ours."""
        path = folder / FILE
        if not path.is_file():
            return None
        try:
            content = json.loads(path.read_bytes())
            texts = content["prompt"]
            prompt = Prompt(texts["name"], Template(texts["system"]), Template(texts["user"]), texts["sha256"])
            return cls(prompt, int(content["max_prompt_tokens"]), bool(content["plan"]), bool(content["comments"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{path} is no prompt form as training writes it ({error!r}).") from None
