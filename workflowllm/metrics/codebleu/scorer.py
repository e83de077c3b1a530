"""CodeBLEU (Ren et al. 2020, arXiv 2009.10297): n-grams, weighted n-grams, syntax and data-flow in one score.

    scorer = CodeBleu(FIXED)
    scorer.score(reference, candidate)["codebleu"]

Each text is analysed once: what is known of recent ones is kept, so a reference costs nothing from its second pair on.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from functools import cached_property

from workflowllm.metrics.codebleu.dataflow import FlowGrammar
from workflowllm.metrics.codebleu.flow_match import (
    AlignableFlow,
    count_items,
    match_aligned,
    match_numbered,
    number_variables,
)
from workflowllm.metrics.codebleu.flow_state import Flow
from workflowllm.metrics.codebleu.ngrams import Counts, NGrams, bleu, count_ngrams, shared_counts, weighted_bleu
from workflowllm.metrics.codebleu.options import FIXED, WEIGHTS, Options
from workflowllm.metrics.codebleu.stripping import normal_text, strip_like_package
from workflowllm.metrics.codebleu.syntax import SubtreeNumbers, syntax_match
from workflowllm.metrics.codebleu.trees import FlatTree, Grammar
from workflowllm.shortcuts.dialect.comments import strip_comments

PARTS = ("ngram_match_score", "weighted_ngram_match_score", "syntax_match_score", "dataflow_match_score")
TOTAL = "codebleu"
FIGURES = (TOTAL, *PARTS)

MOST_CHARACTERS = 4_000_000  # of analysed texts; their analyses take some 35 bytes a character
MOST_SUBTREES = 2_000_000  # about 400 MB; beyond it the numbers start anew


class Analysis:
    """What is known of one text, each part found out when first asked for."""

    def __init__(self, code: str, scorer: CodeBleu) -> None:
        self.code = code
        self._scorer = scorer

    @cached_property
    def ngrams(self) -> NGrams:
        return count_ngrams(self.code)

    @cached_property
    def subtrees(self) -> Counter[int]:
        return self._scorer.subtrees.count(self._tree)

    @cached_property
    def flow(self) -> Flow:
        found = self._scorer.flow.data_flow(self._tree)
        self.subtrees  # noqa: B018 - the other user of the tree, which can go now: it is the largest part
        del self._tree
        return found

    @cached_property
    def alignable_flow(self) -> AlignableFlow:
        return AlignableFlow(self.flow, self._scorer.options)

    @cached_property
    def numbered_flow(self) -> Counter:
        return count_items(number_variables(self.flow), self._scorer.options)

    @cached_property
    def _tree(self) -> FlatTree:
        strip = strip_comments if self._scorer.options.tolerant_comments else strip_like_package
        return self._scorer.grammar.parse(strip(self.code))


class CodeBleu:
    """Scores pairs of texts. One instance serves one thread."""

    def __init__(self, options: Options = FIXED, weights: tuple[float, float, float, float] = WEIGHTS) -> None:
        self.options = options
        self.weights = weights
        self.grammar = Grammar()
        self.flow = FlowGrammar(self.grammar, options)
        self.subtrees = self._new_subtrees()
        self._known: OrderedDict[str, Analysis] = OrderedDict()
        self._known_characters = 0
        self._shared: tuple[NGrams, NGrams, tuple[Counts, ...]] | None = None

    def score(self, reference: str, candidate: str) -> dict[str, float]:
        """The four parts and their total."""
        ours, theirs = self._analyse(reference, candidate)
        parts = {part: self._part(part, ours, theirs) for part in PARTS}
        return {TOTAL: self.total(parts), **parts}

    def part(self, part: str, reference: str, candidate: str) -> float:
        """One part by itself."""
        return self._part(part, *self._analyse(reference, candidate))

    def _part(self, part: str, ours: Analysis, theirs: Analysis) -> float:
        options = self.options
        if part == "ngram_match_score":
            return bleu(ours.ngrams, theirs.ngrams, self._shared_counts(ours, theirs), options.short_orders)
        if part == "weighted_ngram_match_score":
            shared = self._shared_counts(ours, theirs)
            return weighted_bleu(ours.ngrams, theirs.ngrams, shared, options)
        if part == "syntax_match_score":
            return syntax_match(ours.subtrees, theirs.subtrees, options.syntax_precision)
        assert part == "dataflow_match_score", part
        if options.plain_total and not ours.flow.items and not theirs.flow.items:
            return syntax_match(ours.subtrees, theirs.subtrees, options.syntax_precision)
        if options.align_variables:
            return match_aligned(ours.alignable_flow, theirs.alignable_flow)
        return match_numbered(ours.numbered_flow, theirs.numbered_flow, options.flow_precision)

    def total(self, parts: dict[str, float]) -> float:
        """The weighted sum of the parts; one that is not there counts as 0."""
        values = [parts.get(part, 0.0) for part in PARTS]
        if not self.options.plain_total and PARTS[-1] in parts:
            values[-1] = values[-1] or 1.0
        return sum(weight * value for weight, value in zip(self.weights, values))

    def _shared_counts(self, ours: Analysis, theirs: Analysis) -> tuple[Counts, ...]:
        """Two parts need them, one after the other."""
        if not self._shared or self._shared[0] is not ours.ngrams or self._shared[1] is not theirs.ngrams:
            self._shared = ours.ngrams, theirs.ngrams, shared_counts(ours.ngrams, theirs.ngrams)
        return self._shared[2]

    def _new_subtrees(self) -> SubtreeNumbers:
        operators = self.grammar.operators if self.options.see_operators else set()
        return SubtreeNumbers(self.grammar.named | operators)

    def _analyse(self, reference: str, candidate: str) -> tuple[Analysis, Analysis]:
        """Of both texts at once, so that their subtrees are numbered together."""
        if len(self.subtrees) > MOST_SUBTREES:
            self.forget()
        return self._analysis(reference.strip()), self._analysis(candidate.strip())

    def forget(self) -> None:
        """Drop all that is known of earlier texts."""
        self.subtrees = self._new_subtrees()
        self._known.clear()
        self._known_characters = 0
        self._shared = None

    def _analysis(self, code: str) -> Analysis:
        if self.options.normal_text:
            code = normal_text(code)
        known = self._known.get(code)
        if known:
            self._known.move_to_end(code)
            return known
        self._known_characters += len(code)
        while self._known and self._known_characters > MOST_CHARACTERS:
            self._known_characters -= len(self._known.popitem(last=False)[0])
        return self._known.setdefault(code, Analysis(code, self))
