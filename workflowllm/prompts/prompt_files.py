"""Prompts as plain files: `configs/prompts/NAME.txt` with a [system] and a [user] section and `$name` fields.

    prompt = load_prompt("judge")
    messages = prompt.messages(query=..., apis=..., code=...)

A dollar sign of the text itself is written `$$`. A line that begins `[plan] ` or `[no plan] ` stands in the prompt only
where the step's switch `plan` is on, or off. The file's SHA-256 goes into every record that is made with it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from workflowllm.runs.command import CommandError
from workflowllm.runs.reasons import reason_of
from workflowllm.runs.shipped import shipped

PROMPTS = shipped("configs/prompts")
_MARK = re.compile(r"\[(?P<no>no )?(?P<switch>[a-z]+)\] ?")
_SECTIONS = re.compile(r"\A\s*\[system\]\n(.*?)\n\[user\]\n(.*)\Z", re.DOTALL)
Message = dict[str, str]  # role (system, user, assistant) and content


@dataclass(frozen=True)
class Prompt:
    """One step's prompt: the two texts with their fields open, and the hash of the file."""

    name: str
    system: Template
    user: Template
    sha256: str

    @property
    def fields(self) -> frozenset[str]:
        """The names that must be filled in."""
        return frozenset((*self.system.get_identifiers(), *self.user.get_identifiers()))

    def messages(self, **fields: str) -> list[Message]:
        """The system and user message with every field filled in. Raises KeyError for a field that is not given."""
        return [
            {"role": "system", "content": self.system.substitute(fields).strip()},
            {"role": "user", "content": self.user.substitute(fields).strip()},
        ]


def load_prompt(
    name_or_path: str | Path,
    fields: frozenset[str] | None = None,
    switches: Mapping[str, bool] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Prompt:
    """A prompt by the name it has in `configs/prompts/`, or a file of one's own with the same `fields`.

    `texts` are fields that every prompt of the file has in common; they are filled in here and count for the hash.

    Raises CommandError where the file is missing, has no such sections, or asks for a field that the step lacks.
    """
    path = Path(name_or_path)
    if path.suffix != ".txt":
        path = PROMPTS / f"{name_or_path}.txt"
    try:
        data = path.read_bytes()
        match = _SECTIONS.match(data.decode("utf-8").replace("\r\n", "\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read the prompt {path}: {reason_of(error)}.") from None
    if not match:
        raise CommandError(f"the prompt {path} must have a line [system], a text, a line [user], and a text.")
    parts = [_switched(text, switches or {}) for text in match.groups()]
    for name, text in (texts or {}).items():
        if any(f"${name}" in part for part in parts):
            parts = [part.replace(f"${name}", text.replace("$", "$$")) for part in parts]
            data += text.encode("utf-8")
    system, user = map(Template, parts)
    prompt = Prompt(path.stem, system, user, hashlib.sha256(data).hexdigest())
    if not (prompt.system.is_valid() and prompt.user.is_valid()):
        raise CommandError(f"the prompt {path} has a lone $; write $$ for a dollar sign.")
    if fields is not None and prompt.fields - fields:
        raise CommandError(
            f"the prompt {path} has fields that this step does not fill: {', '.join(sorted(prompt.fields - fields))}."
        )
    return prompt


def _switched(text: str, switches: Mapping[str, bool]) -> str:
    """The text with the lines whose switch says so, without their marks."""
    lines = []
    for line in text.split("\n"):
        mark = _MARK.match(line)
        if mark is None or mark["switch"] not in switches:
            lines.append(line)
        elif switches[mark["switch"]] == (mark["no"] is None):
            lines.append(line[mark.end() :])
    return "\n".join(lines)
