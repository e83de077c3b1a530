"""A task plan from steps: numbered, nested, and of bounded length however long the program is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from workflowllm.annotation.rules.steps import PlanStep

# Entries that a block may have at each depth, loosest first. A plan takes the first limits that keep it within bounds.
# Under the last, four menus of 80 characters with four lines of 200 stay below 4,500 characters.
_LIMITS = ((25, 12, 8, 5), (25, 8, 5, 3), (20, 6, 3, 2), (15, 4, 2, 1), (12, 3, 1, 1), (10, 2), (8,), (4,))
LONGEST_PLAN, MOST_CHARACTERS = 60, 4500  # lines, and characters with line ends
_LONGEST_ENTRY = 200  # characters
_NAMED_STEPS = 3  # steps that a summary of several names
_INDENT = "   "


def plan_text(steps: Sequence[PlanStep]) -> str:
    """The plan of a program."""
    visible = folded(steps)
    if not visible:
        return "1. Do nothing: the workflow has no actions."
    for limits in _LIMITS:
        plan = "\n".join(_entries(visible, "", limits))
        if plan.count("\n") < LONGEST_PLAN and len(plan) <= MOST_CHARACTERS:
            break
    return plan


def folded(steps: Sequence[PlanStep]) -> list[PlanStep]:
    """The steps that do something; storing a value is part of the step that produces it."""
    visible: list[PlanStep] = []
    for step in steps:
        if step.kind in ("note", "pass", "result") or step.weight == 0:
            continue
        last = visible[-1] if visible else None
        if last and step.stores and step.stores == last.output:
            visible[-1] = replace(last, text=f"{last.text}, stored as {step.output}", output="")
            continue
        visible.append(replace(step, children=folded_branches(step)))
    return visible


def folded_branches(step: PlanStep) -> list[PlanStep]:
    """A block's branches, or a loop's steps."""
    if step.kind in ("if", "menu"):
        return [replace(branch, children=folded(branch.children)) for branch in step.children]
    return folded(step.children)


def _entries(steps: Sequence[PlanStep], number: str, limits: Sequence[int]) -> Iterator[str]:
    """Numbered lines for the steps of one block."""
    indent = _INDENT * number.count(".")
    for count, step in enumerate(condensed(steps, limits[0]), 1):
        yield from _entry(step, f"{number}{count}.", indent, limits[1:])


def _entry(step: PlanStep, number: str, indent: str, limits: Sequence[int]) -> Iterator[str]:
    head = f"{indent}{number} "
    if step.kind == "if":
        yield from _choice(step, number, indent, limits)
    elif step.kind == "menu":
        yield f"{head}{menu_text(step)}:"
        yield from _cases(step, number, indent + _INDENT, limits)
    elif step.kind == "loop":
        if not step.children or not limits:
            yield head + _sentence(f"{step.text}: {summary(step.children)}" if step.children else step.text)
        else:
            yield f"{head}{step.text}:"
            yield from _entries(step.children, number, limits)
    else:
        yield head + _sentence(step.text)


def _choice(step: PlanStep, number: str, indent: str, limits: Sequence[int]) -> Iterator[str]:
    """An if with its other branches, whose steps are numbered in one series."""
    branches = [branch for branch in step.children if branch.children or branch.kind == "if"]
    if not limits or all(len(branch.children) <= 1 and not _has_blocks(branch) for branch in branches):
        parts = [f"{_branch_head(branch)}, {_lowered(summary(branch.children))}" for branch in branches]
        yield indent + f"{number} " + _sentence("; ".join([parts[0], *map(_lowered, parts[1:])]), 2 * _LONGEST_ENTRY)
        return
    count, most = 0, limits[0] + 4
    for index, branch in enumerate(branches[:most]):
        yield indent + (f"{number} " if index == 0 else _INDENT) + f"{_branch_head(branch)}:"
        children = condensed(branch.children, limits[0])
        for child in children:
            count += 1
            yield from _entry(child, f"{number}{count}.", indent + _INDENT, limits[1:])
        if not children:
            yield f"{indent}{_INDENT}Do nothing."
    if len(branches) > most:
        yield f"{indent}{_INDENT}And {len(branches) - most} more cases like these."


def _has_blocks(step: PlanStep) -> bool:
    return any(child.children for child in step.children)


def _branch_head(branch: PlanStep) -> str:
    if branch.kind == "else":
        return "Otherwise"
    return f"If {branch.text}" if branch.kind == "if" else f"Otherwise, if {branch.text}"


def _cases(menu: PlanStep, number: str, indent: str, limits: Sequence[int]) -> Iterator[str]:
    most = max(limits[0] + 4, 6) if limits else 3
    shown = menu.children[:most]
    for count, case in enumerate(shown, 1):
        title = f'"{case.text}"' if case.text else "Before the choice"
        if len(case.children) > 1 and len(limits) > 1:
            yield f"{indent}{number}{count}. {title}:"
            yield from _entries(case.children, f"{number}{count}.", limits[1:])
        else:
            yield f"{indent}{number}{count}. " + _sentence(f"{title}: {_lowered(summary(case.children))}")
    rest = [f'"{case.text}"' for case in menu.children[most:]]
    if rest:
        yield f"{indent}{number}{most + 1}. " + _sentence(
            f"{len(rest)} more choice{'s' * (len(rest) > 1)}: {', '.join(rest[:6])}"
        )


def menu_text(step: PlanStep) -> str:
    """A menu in words, without its choices."""
    return f'Show the menu "{step.text}"' if step.text else "Show a menu"


def condensed(steps: Sequence[PlanStep], most: int) -> list[PlanStep]:
    """At most `most` steps: neighbours without blocks are joined first, then the least important are left out."""
    if len(steps) <= most:
        return list(steps)
    size = 2
    while size <= len(steps):
        joined = list(_in_runs(steps, size))
        if len(joined) <= most:
            return joined
        size *= 2
    joined = list(_in_runs(steps, len(steps)))
    most = max(most, 1)
    if len(joined) <= most:
        return joined
    largest = sorted(range(len(joined)), key=lambda index: -_total_weight(joined[index]))[: max(most - 1, 1)]
    rest = len(joined) - len(largest)
    more = PlanStep(0, f"Take {rest} further steps" if rest > 1 else "Take one further step")
    return [*(joined[index] for index in sorted(largest)), more]


def _total_weight(step: PlanStep) -> int:
    return sum(inner.weight for inner in step.walk())


def _in_runs(steps: Sequence[PlanStep], size: int) -> Iterator[PlanStep]:
    """The steps, of which every run of up to `size` without blocks is joined into one."""
    run: list[PlanStep] = []
    for step in steps:
        if step.children or len(run) == size:
            yield from _joined(run)
            run = []
        if step.children:
            yield step
        else:
            run.append(step)
    yield from _joined(run)


def _joined(run: Sequence[PlanStep]) -> Iterator[PlanStep]:
    if len(run) == 1:
        yield run[0]
    elif run:
        yield PlanStep(run[0].line, summary(run), max(step.weight for step in run))


def summary(steps: Sequence[PlanStep]) -> str:
    """A block in one phrase: its most important steps in order, and the number of the others."""
    if not steps:
        return "Do nothing"
    heaviest = sorted(range(len(steps)), key=lambda index: -steps[index].weight)[:_NAMED_STEPS]
    parts = [_phrase(steps[index]) for index in sorted(heaviest)]
    more = len(steps) - len(parts)
    text = "; ".join([parts[0], *map(_lowered, parts[1:])])
    return f"{text}; and {more} smaller step{'s' * (more > 1)}" if more else text


def _phrase(step: PlanStep) -> str:
    if step.kind == "if":
        branch = next((branch for branch in step.children if branch.children), step.children[0])
        head = f"Unless {step.text}" if branch.kind == "else" else f"If {branch.text}"
        return f"{head}, {_lowered(summary(branch.children))}"
    if step.kind == "menu":
        choices = ", ".join(f'"{case.text}"' for case in step.children[:4])
        return f"{menu_text(step)} with {choices or 'no choices'}"
    if step.kind == "loop":
        return f"{step.text} and {_lowered(summary(step.children))}" if step.children else step.text
    return step.text


def _lowered(text: str) -> str:
    return text if text[:2].isupper() or text.startswith(("URL", "JSON")) else text[:1].lower() + text[1:]


def _sentence(text: str, longest: int = _LONGEST_ENTRY) -> str:
    text = text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return text if text.endswith((".", "…", "!", "?")) else text + "."
