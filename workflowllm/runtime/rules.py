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
    ("f5", "U", "A variable set inside a block is seen after it: there is one space of names."),
    ("f23", "U", "Absent input adds nothing to a text."),
    ("f27", "U", "A minus sign alone is no number."),
    ("f56", "U", "A menu's result is the last output of the case that ran."),
    ("unknown-adjustment", "?", "An adjustment of a reference that is not known leaves the value as it is."),
    ("raw-value", "?", "A dictionary's value that is not coerced is compared as what it is (fact 46)."),
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
    ("base64-line-break", "?", "Lines of Base64 end with a line feed alone."),
    ("type-names", "?", "Get Type gives the names of types as current clients show them, in English."),
    ("html-response", "?", "Get Contents of URL gives a page of HTML as rich text, whose text has no tags."),
    ("html-form", "?", "Make HTML from Rich Text gives back the HTML that the rich text was made of."),
    ("article-parts", "?", "An article's parts are what its page's metadata and its article element say."),
    ("relative-date", "?", "Relative dates are written in English words: Today, Tomorrow, Yesterday."),
    ("no-duration", "?", "Adjust Date without a duration gives its input."),
    ("total-time", "?", "Total Time between dates is a text of units, in English."),
    ("whole-units", "?", "Get Time Between Dates gives whole units, rounded towards zero."),
    ("converted-zone", "?", "Convert Time Zone gives the clock of the other zone as a date of the device's zone."),
    ("several-numbers", "?", "Get Numbers from Input gives every number in a text."),
    ("street-addresses", "?", "Addresses in a text are house numbers with a street, by the forms of a few countries."),
    ("number-groups", "?", "Format Number separates groups of digits as the locale does, and rounds half to even."),
    ("size-unit", "?", "A file size in a chosen unit is written with the digits of an automatic one."),
    ("unknown-operation", "?", "Calculate Expression knows the operators and functions of a pocket calculator."),
    ("save-copy", "?", "Save File that must not overwrite saves under the name with a number."),
    ("save-ending", "?", "Save File adds the ending of the content to a path that has none."),
    ("pick-folder", "?", "A person who is asked where to save, and does not say, picks the folder Shortcuts."),
    ("archive-items", "?", "An archive holds its files as they are; its size is not that of a packed one."),
    ("zip-name", "?", "An archive without a name is called Archive."),
    ("missing-shortcut", "?", "Run Shortcut with a shortcut that is not there breaks the run."),
)
RULES: dict[str, Rule] = {id: Rule(id, sentence, grade) for id, grade, sentence in _ROWS}
