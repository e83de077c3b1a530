"""The rules that nobody has settled: where a run leans on one, it says so.

A rule's id is the number of its fact in docs/runtime.md ("f30"), or a name of its own. Grades as there: D measured,
A said by Apple, T tested, S seen in Apple's files, U reported by users, ? not settled. Only rules of grade U and ?
need to be noted; the others are tests.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    sentence: str
    grade: str


_ROWS = (
    ("f14", "U", "Text with words and a number, coerced to a number, gives the first number in it."),
    ("f18", "?", "A JSON null read from a dictionary is nothing, and adds nothing to a text."),
    ("f30", "?", "`is` compares numbers by value where the left side is a number, else texts exactly."),
    ("f37", "?", "Between includes both its bounds."),
    ("f67", "?", "A range of a list takes both its ends."),
    ("f86", "U", "Repeat with Each over a dictionary goes over its keys."),
    ("f88", "?", "Combine Text without a stored separator uses new lines."),
    ("case", "?", "`is`, `contains`, `begins with` and `ends with` tell upper from lower case."),
    ("json-order", "?", "A dictionary as text, and its keys, have the order in which the keys were set."),
    ("index-outside", "?", "Get Item from List with an index outside the list breaks the run."),
    ("many-matches", "?", "Several matches as text are joined by line ends."),
    ("empty-pieces", "?", "Split Text gives an empty piece between two separators that touch, and at the ends."),
    ("empty-separator", "?", "Split Text at an empty separator gives the whole text."),
    ("division-by-zero", "?", "Dividing by zero breaks the run."),
    ("precision", "?", "Calculations have 34 decimal digits; text shows a number's shortest form of 16 digits."),
    ("boolean-text", "?", "A boolean as text is 1 or 0."),
    ("date-text", "?", "A date as text has the locale's medium date and short time, with plain blanks."),
    ("loose-number", "?", "A numeric test on a text that is not typed as text reads the number in it."),
    ("legacy-condition", "?", "A condition of an old client that stores no operator asks whether there is a value."),
    ("empty-loop", "?", "A loop that never runs gives no results."),
    ("first-of-many", "?", "Where one item is wanted and several are there, the first is taken."),
    ("variable-before-set", "?", "A variable that was never set holds nothing."),
    ("menu-no-case", "?", "A menu item without a case runs nothing."),
    ("zero-is-value", "?", "Zero, false and an empty text count as values."),
    ("missing-operand", "?", "A comparison without its operand is false."),
    ("no-image", "?", "An image action that gets no image gives nothing."),
    ("combine-sizes", "?", "Images of different sizes are not scaled when they are combined."),
    ("trimmed-by-hand", "?", "Trimmed media keeps its length, which the person sets by hand."),
    ("device-detail", "?", "A detail of the device that the world does not hold is nothing."),
    ("missing-playlist", "?", "Get Playlist with a playlist that is not there gives nothing."),
    ("append-result", "?", "A block that ends in Add to Variable gives what was added."),
    ("missing-shortcut", "?", "Run Shortcut with a shortcut that is not there breaks the run."),
)
RULES: dict[str, Rule] = {id: Rule(id, sentence, grade) for id, grade, sentence in _ROWS}
