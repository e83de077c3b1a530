"""Comment lines: above every line of code, never inside a text, whatever the comment holds."""

import ast

import pytest

from workflowllm.annotation.comment_lines import one_line, statement_heads, uncommented_lines, with_comments

CODE = '''"""A note
# no comment
over lines"""
text = f"""
if {1}:
    else:
"""
if (text and
        text):
    pass
elif not text: pass
else:
    for _ in range(2):
        x = [
            1,
        ]; y = 2
match menu("?"):

    case "a" if shown_as("b"):
        z = \\
            3
    case None:
        ...
'''
HEADS = [1, 4, 8, 10, 11, 12, 13, 14, 17, 19, 20, 22, 23]


def test_heads_are_the_lines_where_statements_and_branches_start():
    assert statement_heads(CODE) == HEADS


def test_comments_stand_above_their_lines_and_change_nothing():
    commented = with_comments(CODE, {line: f"about {line}" for line in HEADS})
    assert uncommented_lines(commented) == []
    assert ast.dump(ast.parse(commented)) == ast.dump(ast.parse(CODE))
    assert "\n        # about 20\n        z" in commented


@pytest.mark.parametrize("left_out", HEADS)
def test_each_line_without_a_comment_is_found(left_out):
    commented = with_comments(CODE, {line: "x" for line in HEADS if line != left_out})
    shift = sum(line < left_out for line in HEADS)
    assert uncommented_lines(commented) == [left_out + shift]


def test_a_comment_behind_the_code_or_above_a_blank_line_does_not_count():
    assert uncommented_lines("# about x\n\nx = 1\ny = 2  # about y\n") == [3, 4]
    assert uncommented_lines("") == []
    assert uncommented_lines("# nothing else\n") == []


def test_code_that_ends_in_a_statement_is_an_error():
    with pytest.raises(SyntaxError):
        statement_heads("x = (1,\n")


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("two\nlines\r\nand\u2028more\x0b", "two lines and more"),
        ("nul\0 and \x07 and \ud800", "nul and and \ufffd"),
        ("# already", "already"),
        ("", "No comment."),
        ("  \n", "No comment."),
        ("```python", "'''python"),
        ("say 👩‍👩‍👧 日程", "say 👩‍👩‍👧 日程"),
        ("set coding: latin-1", "set coding : latin-1"),
    ],
)
def test_a_comment_is_one_harmless_line(text, comment):
    assert one_line(text) == comment
    commented = with_comments("x = 1\n", {1: text})
    assert ast.dump(ast.parse(commented.encode("utf-8", "strict"))) == ast.dump(ast.parse("x = 1\n"))
    assert uncommented_lines(commented) == []
