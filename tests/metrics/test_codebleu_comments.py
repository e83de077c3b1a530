"""Comment strippers: `#` in strings, unclosed quotes, the published one, and the package's."""

import io
import random
import sys
import tokenize

import pytest

from workflowllm.metrics.codebleu.stripping import strip_like_package, strip_published
from workflowllm.shortcuts.dialect.comments import strip_comments

PIECES = [
    *"' \" ''' \"\"\" \\ # x = 1 ( ) [ ] { } ; : $ ! é f R . pass f'a' rb' 😀 ² \xa0 \x00 'doc'".split(" "),  # noqa: SIM905
    *("\n", "\r\n", "\t", " ", "    ", "\f", "# c", "\r", "x = 1\n", "if a:\n", "    'doc'\n", "\\\n", "\n\n"),
]


@pytest.mark.parametrize(
    ("code", "stripped"),
    [
        ("x = 1  # one\n# two\n  # three\ny = 2", "x = 1\ny = 2"),
        ("x = '# no'  # yes", "x = '# no'"),
        ('x = """a\n# no\n"""\n# yes\n', 'x = """a\n# no\n"""\n'),
        ("it's broken  # yes\ny = 'z'", "it's broken\ny = 'z'"),
        ("x = 'it\\'s # no'", "x = 'it\\'s # no'"),
        ("f'{a[\"#\"]}' # yes", "f'{a[\"#\"]}'"),
        ("x = ''' never closed # yes\n", "x = ''' never closed\n"),
        ("\tif x:\r\n\n  y", "\tif x:\r\n\n  y"),
        ("#", ""),
        ("", ""),
    ],
)
def test_tolerant(code: str, stripped: str) -> None:
    assert strip_comments(code) == stripped


def test_published_cuts_at_the_first_hash_even_in_strings() -> None:
    assert strip_published("x = '#fff'\n\ny = 1  \n# all\nz") == "x = '\ny = 1  \nz"


@pytest.mark.parametrize(
    ("code", "stripped"),
    [
        ('def f():\n    """doc"""\n    return 1  # one', "def f():\n    return 1  "),
        ("x = [\n'first column',\n 'kept']", "x = [\n,\n 'kept']"),
        ("x = 1 + \\\n    2", "x = 1 +    2"),
        ("if a:\n\tx\n\ty", "if a:\n\tx\n y"),
        ("x = (1  # never closed", "x = (1  # never closed"),
        ("if a:\n    b\n  c  # dedent to nowhere", "if a:\n    b\n  c  # dedent to nowhere"),
    ],
)
def test_like_package(code: str, stripped: str) -> None:
    assert strip_like_package(code) == stripped


def rebuilt_from_tokens(code: str) -> str:
    """The package's rule, in terms of the tokenizer: all tokens in their columns, but comments and docstrings."""
    out, last_row, last_column, before = [], -1, 0, tokenize.INDENT
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            last_column = 0 if token.start[0] > last_row else last_column
            out.append(" " * (token.start[1] - last_column))
            docstring = token.type == tokenize.STRING and (
                before in (tokenize.INDENT, tokenize.NEWLINE) or token.start[1] == 0
            )
            out.append("" if docstring or token.type == tokenize.COMMENT else token.string)
            before, (last_row, last_column) = token.type, token.end
    except (tokenize.TokenError, SyntaxError):
        return code
    return "\n".join(line for line in "".join(out).split("\n") if line.strip())


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="from Python 3.12 on tokenize is another program")
def test_like_package_equals_the_tokenizer_on_random_rubbish() -> None:
    rng = random.Random(2)
    for _ in range(6_000):
        code = "".join(rng.choices(PIECES, k=rng.randint(1, 14))).strip()
        assert strip_like_package(code) == rebuilt_from_tokens(code), repr(code)
