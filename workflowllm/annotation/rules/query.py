"""A request for a workflow, as a person could have made it, written by rules."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from workflowllm.annotation.checks import LONGEST_QUERY, sanitised
from workflowllm.annotation.rules.english import shortened
from workflowllm.annotation.rules.plan import folded, menu_text
from workflowllm.annotation.rules.steps import PlanStep

_MOST_PARTS = (9, 7, 5, 4, 3)  # parts of a request; the first number that makes it short enough is taken
_HASH = re.compile(r"(?:[0-9a-fA-F]{8,}|(?=\w*\d)[0-9a-fA-F]{6,7}|[0-9A-Fa-f-]{32,})(?:\.\w+)?")

# The first words of a request, and its last ones. Questions outnumber orders, as in real requests.
_OPENINGS = (
    ("How can I make a shortcut{called} that will ", "?"),
    ("How do I build a workflow{called} that will ", "?"),
    ("I would like a shortcut{called} that will ", ". How can I set that up?"),
    ("Could you put together a shortcut{called} for me that will ", "?"),
    ("What steps would a shortcut{called} need to ", "?"),
    ("I am looking for an automation{called} that will ", ". What would it look like?"),
    ("Is there a way for a shortcut{called} to ", "?"),
    ("Please help me create a shortcut{called} that will ", ". How should it work?"),
    ("What is the best way to have a shortcut{called} ", "?"),
    ("Can you design a workflow{called} that is able to ", "?"),
)
# Openings of requests whose workflow starts with a block.
_BARE_OPENINGS = (
    "How can I make a shortcut{called} that does the following?",
    "How do I build a workflow{called} like this?",
    "I would like a shortcut{called} that works as follows.",
    "Could you put together a shortcut{called} for me that works like this?",
    "What steps would a shortcut{called} need for the following?",
    "I am looking for an automation{called} that does this.",
    "Is there a way for a shortcut{called} to do the following?",
    "Please help me create a shortcut{called} that behaves like this.",
    "What is the best way to make a shortcut{called} that does this?",
    "Can you design a workflow{called} along these lines?",
)
_NEXT = ("Then it should ", "After that it should ", "Next, it should ", "It should then ")
_LAST = ("Finally, it should ", "At the end it should ", "Last of all, it should ")


@dataclass(frozen=True)
class Subject:
    """What a record says about its workflow besides the code."""

    key: str
    title: str = ""
    description: str = ""
    category: str = ""


def query_text(subject: Subject, steps: Sequence[PlanStep], code_names: Iterable[str], apis: Iterable[str]) -> str:
    """A request for a workflow, from its title, its description and its steps."""
    visible, code_names, apis = folded(steps) or list(steps), list(code_names), list(apis)
    variant = crc32(f"{subject.key}\0{len(visible)}".encode("utf-8", "replace"))  # chooses among equal wordings
    text = ""
    for most in _MOST_PARTS:
        text = sanitised(_request(subject, steps, notable(visible, most), variant), code_names, apis)
        if len(text) <= LONGEST_QUERY:
            break
    return text


def notable(steps: Sequence[PlanStep], most: int) -> list[PlanStep]:
    """The steps that a person would mention, in order: visible effects, and values only where there is little else."""
    ranked = sorted(range(len(steps)), key=lambda index: (-_importance(steps[index]), index))
    important = [index for index in ranked if _importance(steps[index]) > 1] or ranked
    if len(important) < 3:
        important = ranked[:3]
    return [steps[index] for index in sorted(important[:most])]


def _importance(step: PlanStep) -> float:
    inside = [inner.weight for inner in step.walk() if not inner.children]
    return max(inside, default=0) + min(len(inside), 40) / 50 if step.children else step.weight


def _request(subject: Subject, steps: Sequence[PlanStep], parts: Sequence[PlanStep], variant: int) -> str:
    opening, closing = _OPENINGS[variant % len(_OPENINGS)]
    stop, question = closing[0], closing[1:].strip()  # of the first sentence, and of the whole request
    title = known_title(subject.title)
    called = f' called "{title}"' if title else ""
    leading = _leading(parts)
    sentences = []
    if leading:
        does = _listed([_bare(step) for step in leading])
        sentences.append(f"{opening.replace('{called}', called)}{does}{stop}")
    else:
        sentences.append(_BARE_OPENINGS[variant % len(_BARE_OPENINGS)].replace("{called}", called))
    sentences += _following(parts[len(leading) :], variant // 7)
    sentences += _context(subject, steps)
    if leading and question:
        sentences.append(question)
    return " ".join(sentences)


def known_title(title: str) -> str:
    """A title as a person writes it; "" where it says nothing, as a file's hash."""
    stem = re.sub(r"\.(?:shortcut|wflow|plist|json)$", "", title.strip())
    is_word = re.search(r"[^\W\d_]{2}", stem)
    if _HASH.fullmatch(stem) or not is_word or stem.lower().startswith("untitled"):
        return ""
    if re.fullmatch(r"\w+(?:-\w+)*", stem) and ("-" in stem or "_" in stem[1:-1]):
        stem = " ".join(word if word.isupper() else word.capitalize() for word in re.split("[-_]", stem) if word)
    return shortened(stem.strip(" -_"), 60)


def _leading(parts: Sequence[PlanStep]) -> list[PlanStep]:
    """The steps before the first block, at most four, which the first sentence names."""
    leading: list[PlanStep] = []
    for step in parts:
        if step.children or len(leading) == 4:
            break
        leading.append(step)
    return leading


def _following(parts: Sequence[PlanStep], variant: int) -> list[str]:
    """Sentences for blocks, and for the steps between them."""
    sentences: list[str] = []
    run: list[PlanStep] = []
    for index, step in enumerate(parts):
        if step.children:
            sentences += _run(run, variant + index, is_last=False)
            run = []
            sentences.append(_block(step))
        else:
            run.append(step)
    return sentences + _run(run, variant, is_last=True)


def _run(run: Sequence[PlanStep], variant: int, is_last: bool) -> list[str]:
    if not run:
        return []
    starts = _LAST if is_last else _NEXT
    return [f"{starts[variant % len(starts)]}{_listed([_bare(step) for step in run])}."]


def _block(step: PlanStep) -> str:
    if step.kind == "if":
        return _conditions(step)
    if step.kind == "menu":
        return _menu(step)
    inside = _inside(step.children, 3)
    head = step.text[:1].lower() + step.text[1:]
    if step.text.startswith("Go through each item of "):
        return f"For each item of {step.text.removeprefix('Go through each item of ')}, it should {inside}."
    return f"It should {head}: {inside}."


def _conditions(step: PlanStep) -> str:
    branches = [branch for branch in step.children if branch.children]
    if not branches:
        return f"It should check whether {step.text}."
    parts = []
    for branch in branches[:3]:
        does = _inside(branch.children, 2)
        if branch.kind == "else":
            parts.append(f"otherwise it should {does}")
        else:
            start = "if" if branch.kind == "if" else "or else, if"
            parts.append(f"{start} {branch.text}, it should {does}")
    if len(branches) > 3:
        parts.append(f"and likewise for {len(branches) - 3} other cases")
    if branches[0].kind == "else":
        parts[0] = f"unless {step.text}, it should {_inside(branches[0].children, 2)}"
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "."


def _menu(step: PlanStep) -> str:
    titles = [f'"{case.text}"' for case in step.children if case.text]
    shown = ", ".join(titles[:8]) + (f" and {len(titles) - 8} more" if len(titles) > 8 else "")
    asks = f'a menu asking "{step.text}"' if step.text else "a menu"
    text = f"It should offer {asks} with the choices {shown or 'given'}"
    cases = [case for case in step.children if case.children and case.text]
    cases = sorted(sorted(cases, key=lambda case: -_importance(case))[:4], key=lambda case: case.line)
    parts = [f'"{shortened(case.text, 30)}" should {_inside(case.children, 2)}' for case in cases]
    return text + (f", where {_listed(parts, '; ')}." if parts else ".")


def _inside(steps: Sequence[PlanStep], most: int) -> str:
    """What a block does, in words that can follow "it should"."""
    parts = [_bare(step) for step in notable(steps, most)]
    return _listed(parts) if parts else "do nothing"


def _bare(step: PlanStep) -> str:
    """A step in words that can follow "it should"."""
    if step.kind == "if":
        branch = next((branch for branch in step.children if branch.children), None)
        does = _inside(branch.children, 1) if branch else "go on"
        is_clear = branch and branch.kind == "if" and " if " not in does and does != "do nothing"
        return f"{does} if {step.text}" if is_clear else f"check whether {step.text}"
    if step.kind == "loop":
        return f"{_lower(step.text)} to {_inside(step.children, 1)}"
    if step.kind == "menu":
        titles = ", ".join(f'"{case.text}"' for case in step.children[:4] if case.text)
        return f"{_lower(menu_text(step))} with {titles}" if titles else _lower(menu_text(step))
    return _lower(in_first_person(re.sub(r", stored as [^\"]*$", "", step.text)))


_FIRST_PERSON = (
    ("that the user picks", "that I pick"), ("where the user wants it", "where I want it"),
    ("until the user comes back", "until I come back"), ("the user", "me"),
)  # fmt: skip


def in_first_person(text: str) -> str:
    """A step as its user would say it: outside quotes, "the user" becomes "me"."""
    pieces = text.split('"')
    for index in range(0, len(pieces), 2):
        for third_person, first_person in _FIRST_PERSON:
            pieces[index] = pieces[index].replace(third_person, first_person)
    return '"'.join(pieces)


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _listed(parts: Sequence[str], joint: str = ", ") -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{joint.join(parts[:-1])}{joint.rstrip() if joint == '; ' else ''} and {parts[-1]}"


def _context(subject: Subject, steps: Sequence[PlanStep]) -> list[str]:
    """The author's description of the workflow, where there is one of a sentence or more."""
    text = subject.description if subject.description.strip() else author_words(steps)
    text = _whole_sentences(re.sub(r"(?i)^(?:description|note|about):\s*", "", text.strip()))
    if (
        len(text) < 8
        or (not subject.description and len(text.split()) < 4)
        or sum(char.isascii() for char in text) < 0.7 * len(text)
    ):
        return []
    lowered = re.sub(r"(?i)^this (?:shortcut|workflow|action)\b", "it", text)
    return [f"In short, {lowered}" if lowered != text else f"For context: {text}"]


def _whole_sentences(text: str) -> str:
    """As many of the first sentences as fit into the limit; a single sentence that is too long is cut."""
    text = shortened(text, _LONGEST_CONTEXT + 1)
    ends = [match.end() for match in re.finditer(r"[.!?](?= |$)", text)]
    if ends:
        return text[: ends[-1]]
    return text if text.endswith("…") or not text else text.rstrip(" ,;:-") + "."


_LONGEST_CONTEXT = 220  # characters
_CREDIT = re.compile(
    r"https?://|@|©|\bv?\d+\.\d+|\b(?:by|author|version|credit|copyright|routinehub|id|changelog)\b|LaunchCuts",
    re.IGNORECASE,
)


def author_words(steps: Sequence[PlanStep]) -> str:
    """The first note at the top that describes the workflow rather than its author or version."""
    for step in steps[:5]:
        text = step.text.removeprefix("Note: ")
        if step.kind == "note" and len(text.split()) > 4 and not _CREDIT.search(text):
            return text
    return ""
