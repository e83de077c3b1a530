"""What the runtime implements, as Markdown for docs/runtime.md: generated from the registry, so that it is true."""

from collections import Counter
from collections.abc import Iterator

from workflowllm.runtime.actions import ACTIONS, BUILT_IN, FAMILIES, full_identifier
from workflowllm.runtime.rules import RULES

BEGIN, END = "<!-- implemented: begin -->", "<!-- implemented: end -->"


def implemented_lines() -> Iterator[str]:
    """Counts, then for each family its actions with their grades, then the rules of grade U and ?."""
    grades = Counter(rule.grade for rule in ACTIONS.values())
    counts = ", ".join(
        f"{count} of grade {grade}" for grade, count in sorted(grades.items(), key=lambda pair: -pair[1])
    )
    yield f"{len(ACTIONS)} actions are implemented: {counts}. The beginning `{BUILT_IN}` is left out."
    yield ""
    for family in FAMILIES:
        names = [
            f"`{full_identifier(name).removeprefix(BUILT_IN)}` {rule.grade}"
            for name, rule in sorted(family.ACTIONS.items())
        ]
        sentence = " ".join((family.__doc__ or "").split("\n\n")[0].split())
        yield f"* {sentence} {', '.join(names)}."
    yield ""
    yield "Where nothing is settled, the runtime does what this table says, and a run that leans on a line names it:"
    yield ""
    yield "| Rule | Grade | What the runtime does |"
    yield "|---|---|---|"
    for rule in RULES.values():
        yield f"| {rule.id} | {rule.grade} | {rule.sentence} |"


def with_implemented(text: str) -> str:
    """A page with the generated part between its marks brought up to date."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + "\n".join([BEGIN, *implemented_lines(), END]) + after
