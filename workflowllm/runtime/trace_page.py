"""A trace as a page: the Python on the left, what each step took, gave and showed on the right."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template

from workflowllm.runtime.effects import group_of
from workflowllm.runtime.interpreter import Ending
from workflowllm.runtime.telling import Source, effect_sentence, ending_sentence
from workflowllm.runtime.trace import Tracer, TraceStep


def trace_page(title: str, source: Source, tracer: Tracer, endings: Sequence[Ending], is_stock: bool) -> str:
    """The page as HTML. Every text in it is escaped; it loads nothing."""
    lines_run = {source.line(step.action) for step in tracer.steps if step.shortcut is None}
    world = "the stock world, whose answers are made up" if is_stock else "the world that was named"
    left_out = f", {tracer.left_out:,} more left out" if tracer.left_out else ""
    template = Template(files(__package__).joinpath("trace_page.html").read_text("utf-8"))
    return template.substitute(
        title=escape(title),
        summary=escape(f"{len(tracer.steps):,} steps{left_out}, in {world}. Click a step, or use the arrow keys."),
        ending="\n".join(_ending(ending, source) for ending in endings),
        code="\n".join(_line(text, number in lines_run) for number, text in enumerate(source.code.split("\n"), 1)),
        steps="\n".join(_step(step, source) for step in tracer.steps),
    )


def _ending(ending: Ending, source: Source) -> str:
    return f'<p class="{escape(ending.how)}">{escape(ending_sentence(ending, source))}</p>'


def _line(text: str, has_run: bool) -> str:
    return f'<li class="ran">{escape(text)}</li>' if has_run else f"<li>{escape(text)}</li>"


def _step(step: TraceStep, source: Source) -> str:
    line = source.line(step.action) if step.shortcut is None else None
    name = escape(step.identifier.removeprefix("is.workflow.actions."))
    where = f"in {escape(step.shortcut)}" if step.shortcut else f"line {line}" if line else f"action {step.action}"
    parts = [f"<h2>{name} <small>{where}</small></h2>"]
    parts += [f'<div class="note">{escape(note)}</div>' for note in step.notes]
    values = [("in", step.input), ("out", step.output if step.output != "nothing" else "")]
    shown = "".join(f"<dt>{word}</dt><dd>{escape(value)}</dd>" for word, value in values if value)
    parts += [f"<dl>{shown}</dl>"] if shown else []
    parts += [f'<div class="effect {group_of(e)}">{escape(effect_sentence(e))}</div>' for e in step.effects]
    indent = min(step.depth, 12)
    return (
        f'<div class="step" data-line="{line or ""}" style="padding-left:{0.8 + indent:.1f}em">{"".join(parts)}</div>'
    )
