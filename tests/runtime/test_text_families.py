"""Properties of all actions about text, dates, web and files: whatever comes in, and without a file of the machine."""

import inspect
import random
import re
import subprocess
import sys

import pytest
from runtime_helpers import run, run_actions

from workflowllm.runtime.actions import (
    archives,
    dates,
    detecting,
    encoding,
    expressions,
    files,
    folders,
    formats,
    measurements,
    naming,
    pages,
    rich_text,
    text,
    web,
)
from workflowllm.runtime.actions import (
    url_parts as links,
)
from workflowllm.runtime.interpreter import MISTAKE

FAMILIES = (
    archives, dates, detecting, encoding, expressions, files, folders, formats, links, measurements, naming, pages,
    rich_text, text, web,
)  # fmt: skip
ACTIONS = [(family, name) for family in FAMILIES for name in family.ACTIONS]
_KEY = re.compile(r'"(WF\w+|text|matches|Recursive|SelectMultiple|URL|Input|Class|Date|\w+TimeZone|GetWebPageTitle)"')
INPUTS = [
    None, "", "text", "5", "😀\u202e\x00", "a\nb\n", 0, -1.5, 10**30, True, {}, {"a": [1, {"b": None}]}, [],
    ["a", 1, {}], "https://x.example/a?b=c", "2026-02-30",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    {"type": "image", "name": "a.png", "width": 1, "height": 1}, {"type": "file", "name": "", "text": "x"},
    {"type": "url", "url": "not a url"}, {"type": "date", "date": "2026-03-14"}, {"type": "contact", "name": "Ada"},
    {"type": "quantity", "value": 5, "unit": "km"}, {"type": "pdf", "name": "a.pdf"}, {"type": "folder", "path": "a"},
]  # fmt: skip
INPUT = {"Value": {"Type": "ExtensionInput"}, "WFSerializationType": "WFTextTokenAttachment"}
TEXT = {
    "Value": {"string": "a \ufffc", "attachmentsByRange": {"{2, 1}": {"Type": "ExtensionInput"}}},
    "WFSerializationType": "WFTextTokenString",
}
LONE = {
    "Value": {"string": "\ufffc", "attachmentsByRange": {"{0, 1}": {"Type": "ExtensionInput"}}},
    "WFSerializationType": "WFTextTokenString",
}
QUANTITY = {"Value": {"Magnitude": "1e40", "Unit": "years"}, "WFSerializationType": "WFQuantityFieldValue"}
VALUES = [
    INPUT, TEXT, LONE, QUANTITY, "", "apple", "Custom", "Decode", "7", 7, -1, 10**18, 0.5, True, False, [],
    ["a", INPUT], {}, {"fileLocation": {"WFFileLocationType": "Home", "relativeSubpath": "../x"}},
    {"Value": {"Type": "CurrentDate"}},
    {"WFNSUnitSymbol": "km"}, "Total Time", "yyyy", "2026-03-14", "[a", None, b"\x00\xff",
]  # fmt: skip


@pytest.mark.parametrize(("family", "name"), ACTIONS, ids=[name for _, name in ACTIONS])
def test_no_input_and_no_parameter_is_more_than_one_sentence(family, name):
    keys = sorted(set(_KEY.findall(inspect.getsource(family))))
    rng = random.Random(name)
    for value in INPUTS:
        parameters = {key: rng.choice(VALUES) for key in keys if rng.random() < 0.4}
        own = family.ACTIONS[name].input
        if own and rng.random() < 0.7:
            parameters[own] = rng.choice([INPUT, LONE, TEXT])
        world = {
            "input": value,
            "files": {"Shortcuts/a/x.txt": "1"},
            "web": [{"url": "https://x.example/a", "body": "<p>"}],
        }
        result = run_actions([(name, parameters)], **world)
        assert result.how in ("ok", "broken"), (value, parameters)
        assert MISTAKE not in (result.error or ""), (value, parameters, result.error)


CLOSED = r"""
import builtins, io, os, socket, sys, time
from workflowllm.runtime.runnable import program_of_code
from workflowllm.runtime.running import run_prepared
from workflowllm.runtime.world import parse_world

def run(code):
    body = "<rss><channel><item><title>x</title></item></channel></rss>"
    world = {"zone": "Europe/Berlin", "locale": sys.argv[1], "web": [{"url": "https://n.example", "body": body}]}
    return program_of_code(code.replace("A_", "is_workflow_actions_")), parse_world(world)

prepared = [run(code) for code in sys.stdin.read().split("---")]
def closed(*args, **kwargs):
    raise AssertionError("the machine is touched")
builtins.open = io.open = os.open = socket.socket = time.time = time.localtime = time.gmtime = closed
for program, world in prepared:
    ending = run_prepared(program, world, {}).endings[-1]
    if ending.how != "ok":
        print(program.code, ending.how, ending.error)
"""
PROGRAMS = """
now = A_date()
A_format_date(WFDate=now, WFDateFormatStyle="Long")
A_format_date(WFDate=now, WFDateFormatStyle="Custom", WFDateFormat="zzzz EEEE")
A_format_date(WFDate=now, WFDateFormatStyle="Relative", WFTimeFormatStyle="Relative")
A_format_date(WFDate=now, WFDateFormatStyle="Long", WFLocale="fr_FR")
A_adjustdate(WFDate=now, WFAdjustOperation="Get Start of Week")
A_date(WFDateActionMode="Specified Date", WFDateActionDate="3/4/26 at 9:00")
---
A_converttimezone(Date="2026-03-14T10:00", DestinationTimeZone="Asia/Tokyo")
---
A_detect_phonenumber(WFInput="+49 30 1234567, (202) 555-0175")
A_format_number(WFNumber=12345.678)
---
A_rss(WFRSSFeedURL="https://n.example")
page = A_getwebpagecontents(WFInput="https://n.example")
A_getmarkdownfromrichtext(WFInput=page)
A_getrichtextfrommarkdown(WFInput="**a**")
---
A_hash(WFInput="a")
zip = A_makezip(WFInput="a")
A_unzip(WFArchive=zip)
"""


@pytest.mark.parametrize("locale", ["en_US", "de_DE"])
def test_nothing_of_the_machine_is_touched_even_the_first_time(locale):
    command = [sys.executable, "-c", CLOSED, locale]
    done = subprocess.run(command, input=PROGRAMS, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize("operation", ["ln(x)", "log(x)"])
def test_the_logarithm_of_nothing_breaks_with_a_sentence(operation):
    code = f'x = is_workflow_actions_math(WFInput=0, WFMathOperation="…", WFScientificMathOperation="{operation}")'
    result = run(code + '\nis_workflow_actions_showresult(Text=f"{x}")')
    assert result.how == "broken" and "no result" in result.error
