"""Every way in which our CodeBLEU may differ from the package `codebleu` 0.7.0, one switch each.

With all switches off (`COMPAT`) the scores are the package's; with all of them on (`FIXED`) they can be trusted.
`dev/codebleu_switches.md` has the effect of each switch alone on 322 pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

WEIGHTS = (0.1, 0.1, 0.4, 0.4)  # the paper's: n-gram, weighted n-gram, syntax, data-flow


@dataclass(frozen=True)
class Options:
    """The switches. Each comment says what the package does, then what the switch does instead."""

    # Totals.
    plain_total: bool = False
    """A data-flow score of 0 counts as 1 in the total (an empty answer gets 0.4). On: it counts as what it is; where
    neither side has any data-flow, that part takes the syntax score, which is the same as dropping it."""

    # N-grams.
    short_orders: bool = False
    """A text of under four tokens scores under 1 against itself. On: orders longer than the reference are left out."""
    weighted_precision: bool = False
    """The weighted n-grams are a recall: more code costs nothing. On: each order is F1, 2 matches over both lengths."""
    true_brevity: bool = False
    """The weighted n-gram's brevity penalty sees a reference of length 2. On: it sees its true length."""

    # Reading.
    normal_text: bool = False
    """CR, CR LF and decomposed letters make other texts. On: every line ends in LF, and letters are composed (NFC)."""
    tolerant_comments: bool = False
    """Comments and docstrings are removed only from text that Python 3.11's tokenizer accepts; tabs and continuation
    lines suffer. On: comments alone are removed, from any text, and nothing else changes."""
    true_offsets: bool = False
    """Byte columns cut tokens out of lines of characters, so names after an emoji are garbage. On: right offsets."""
    any_depth: bool = False
    """The data-flow of a tree deeper than Python's stack is empty. On: depth does not matter."""

    # Syntax.
    see_operators: bool = False
    """Operators are no nodes: `a == b` and `a != b` have one tree. On: they are leaves of the tree."""
    syntax_precision: bool = False
    """The share of the reference's subtrees that the candidate has at least once. On: F1 of the two multisets."""

    # Data-flow: what is seen.
    keep_partial_flow: bool = False
    """One statement that the extraction cannot read empties the whole file's data-flow. On: only that one is lost."""
    bindings_define: bool = False
    """Any name that is read is from then on defined, functions too. On: only what binds a name defines it, and the
    names of keyword arguments and of attributes are no variables."""
    pair_sequences: bool = False
    """Two sides with equally many parts are paired part by part (`a.b = c + d` gives + to the dot), a loop's variables
    with its iterable's too. On: only sequences in an assignment are."""
    see_loop_else: bool = False
    """The body of a `for` that has an `else` is not read, nor the `else`. On: both are."""
    see_fstrings: bool = False
    """F-strings are opaque. On: the expressions in their braces are read."""
    see_match: bool = False
    """`case` patterns define nothing. On: their captures come from the subject; cases are branches."""
    see_with: bool = False
    """`with ... as x` and `except ... as x` define nothing. On: x is computed from the expression."""
    see_walrus: bool = False
    """`x := ...` defines nothing. On: it is an assignment."""
    see_imports: bool = False
    """The words of an import are names like any others. On: it defines the names that it binds, and no more."""
    see_parameters: bool = False
    """Only parameters with a default define something; the words of the others, types too, are names like any others.
    On: all parameters define their names, and no more."""

    # Data-flow: how it is compared.
    align_variables: bool = False
    """Variables are numbered over the whole program, so one more at the top shifts all. On: those of the two programs
    are matched to each other by name and by what is done with them; functions and constants stand for themselves."""
    flow_edges: bool = False
    """An assignment matches only with all its sources, in order. On: each edge (target, source) counts by itself."""
    flow_precision: bool = False
    """The share of the reference's data-flow found in the candidate. On: F1 of the two multisets."""


SWITCHES = tuple(field.name for field in fields(Options))
COMPAT = Options()
FIXED = Options(**dict.fromkeys(SWITCHES, True))
MODES = {"compat": COMPAT, "fixed": FIXED}
