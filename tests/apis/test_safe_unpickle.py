"""Released pickles: plain containers come back, whatever would run does not."""

import collections
import datetime
import os
import pickle
import pickletools
from pathlib import Path
from typing import Any

import pytest

from workflowllm.apis import pickles
from workflowllm.apis.pickles import UnsafePickle, release_pickle, safe_unpickle

PLAIN = [
    {"a": [1, 2.5, None, True], "b": {1, 2}, "c": ("x", b"\xff\0y"), "d": frozenset({3})},
    collections.OrderedDict(z=1, a=2),
    collections.defaultdict(list, {"a": [1]}),
    collections.defaultdict(collections.defaultdict, {}),
    {"big": 10**40, "negative": -1, "complex": 1j, "text": "é 🙂 \ud800", "empty": [(), set(), {}, "", b""]},
]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("content", PLAIN, ids=range(len(PLAIN)))
def test_plain_containers_come_back(tmp_path: Path, content: Any, protocol: int) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps(content, protocol))
    read = safe_unpickle(path)
    assert (read, type(read)) == (content, type(content))


def test_shared_values_come_back(tmp_path: Path) -> None:
    """A pickle refers back to what it has written once, and a diamond is no cycle."""
    shared = ["x"]
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps({"a": shared, "b": [shared, (shared, "x")]}))
    assert safe_unpickle(path) == {"a": ["x"], "b": [["x"], (["x"], "x")]}


def knot() -> list[Any]:
    """A list that holds itself."""
    tied: list[Any] = []
    tied.append([tied])
    return tied


def doubled(levels: int) -> bytes:
    """Instructions for a tuple of 2 ** levels items, four bytes a level."""
    return b")" + b"".join(b"q" + bytes([level]) + b"h" + bytes([level]) + b"\x86" for level in range(levels))


# What a few hundred bytes, or a number of bytes that grows, would cost without a bound.
COSTLY = {
    "a list that holds itself": (pickle.dumps(knot()), "holds itself"),
    "a doubled tuple": (doubled(40) + b".", "items"),
    "a doubled tuple as a key": (b"}" + doubled(40) + b"Ns.", "a key has more"),
    "a doubled tuple as a key among many": (b"}(" + doubled(40) + b"Nu.", "a key has more"),
    "a doubled tuple in a dictionary of protocol 0": (b"(" + doubled(40) + b"Nd.", "a key has more"),
    "a doubled tuple in a set": (b"\x80\x04\x8f(" + doubled(40) + b"\x90.", "a key has more"),
    "a doubled tuple in a frozenset": (b"\x80\x04(" + doubled(40) + b"\x91.", "a key has more"),
    "a doubled tuple in a set of protocol 2": (b"cbuiltins\nset\n](" + doubled(40) + b"e\x85R.", "a key has more"),
    "chained str": (b"cbuiltins\nstr\np0\n0" + b"g0\n" * 30 + doubled(30) + b"\x85R" * 30 + b".", "call of str"),
    "str of a class's instance": (b"(cbuiltins\nstr\n)o.", "instances"),
    "integers of equal hashes": (pickle.dumps({n * (2**61 - 1): 0 for n in range(1, 99)}), "very large integer"),
    "complex numbers of equal hashes": (pickle.dumps({complex(-1000003 * n, n) for n in range(9)}), "complex"),
    "a long key": (pickle.dumps({"x" * 20_000: 1}), "characters"),
    "lists in lists": (b"]" * 5000 + b"a" * 4999 + b".", "levels"),
    "tuples in tuples as a key": (b"})" + b"\x85" * 100_000 + b"Ns.", "a key has more"),
    "bytes copied again and again": (
        b"c_codecs\nencode\nq\x00(V" + b"x" * 2000 + b"\nVlatin1\ntq\x01R" + b"0h\x00h\x01R" * 1000 + b".", "copies"),
    "a list copied again and again": (
        b"cbuiltins\nset\nq\x00](" + b"K\x01" * 2000 + b"e\x85q\x01R" + b"0h\x00h\x01R" * 1000 + b".", "copies"),
}  # fmt: skip


@pytest.mark.parametrize("name", COSTLY)
def test_a_pickle_that_would_cost_much_is_refused_before(tmp_path: Path, name: str) -> None:
    data, reason = COSTLY[name]
    path = tmp_path / "a.pkl"
    path.write_bytes(data)
    with pytest.raises(UnsafePickle, match=reason):
        safe_unpickle(path)


def test_the_number_of_containers_and_bytes_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps([[] for _ in range(99)]))
    monkeypatch.setattr(pickles, "MAX_CONTAINERS", 99)
    with pytest.raises(UnsafePickle, match="99 containers"):
        safe_unpickle(path)
    monkeypatch.setattr(pickles, "MAX_BYTES", 10)
    with pytest.raises(UnsafePickle, match="MiB"):
        safe_unpickle(path)


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pkl")
    with pytest.raises(UnsafePickle, match="not a regular file"):
        safe_unpickle(tmp_path / "a.pkl")


def test_the_release_shape_comes_back(tmp_path: Path) -> None:
    content = {"is_workflow_actions_url": "def ...", "com_a_b": "def 🙂"}
    path = tmp_path / "identifier2python.pkl"
    path.write_bytes(release_pickle(content.items()))
    assert safe_unpickle(path) == content


class Calls:
    """Pickles as a call."""

    def __init__(self, function: Any, *arguments: Any):
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def text(*lines: str) -> bytes:
    """A pickle of protocol 0, written by hand."""
    return "\n".join(lines).encode("latin-1") + b"."


def hostile(mark: Path) -> dict[str, bytes]:
    import subprocess

    command = f"open({str(mark)!r}, 'w')"
    return {
        "os.system": pickle.dumps(Calls(os.system, f"touch {mark}")),
        "deep inside": pickle.dumps({"a": [{"b": Calls(os.system, f"touch {mark}")}]}),
        "as a key": pickle.dumps({Calls(os.mkdir, str(mark)): 1}),
        "eval": pickle.dumps(Calls(eval, command)),
        "exec": pickle.dumps(Calls(exec, command), 2),
        "open": pickle.dumps(Calls(open, str(mark), "w")),
        "getattr": text("cbuiltins", "getattr", ""),
        "subprocess": pickle.dumps(Calls(subprocess.check_output, ["touch", str(mark)])),
        "import": pickle.dumps(Calls(__import__, "antigravity")),
        "written by hand": text("cposix", "system", f"(S'touch {mark}'", "tR"),
        "with Python 2's name": text("c__builtin__", "eval", f'(S"{command}"', "tR"),
        "with a path of attributes": b"\x80\x04\x8c\x08builtins\x8c\x08str.join\x93.",
        "map over eval": text("cbuiltins", "map", "(cbuiltins", "eval", f'(lS"{command}"', "atR"),
        "a factory": pickle.dumps(collections.defaultdict(os.getcwd)),
        "instance": text("(i__main__", "Thing", ""),
        "object": text("c__main__", "Thing", "(t\x81"),
        "codecs": pickle.dumps(Calls(__import__("codecs").open, str(mark), "w")),
        "another codec": text("c_codecs", "encode", "(Vx", "Vutf-7", "tR"),
        "reconstructor": text("ccopyreg", "_reconstructor", "(cbuiltins", "object", "cbuiltins", "object", "NtR"),
        "a class as a value": text("cbuiltins", "dict", ""),
        "attributes set on a class": text("ccollections", "OrderedDict", "(N(dVupdate", "I1", "stb"),
        "attributes set on the reader": text("c_codecs", "encode", "(N(dV__call__", "I1", "stb"),
        "an extension": b"\x80\x02\x82\x01.",
        "a persistent id": b"Phello\n.",
        "a date": pickle.dumps(datetime.date(2024, 1, 1)),
        "a path": pickle.dumps(Path("x")),
        "a bytearray": pickle.dumps(bytearray(b"x")),
        "an array": pickle.dumps(__import__("array").array("i", [1])),
        "a memo of 34 GB": b"\x80\x02]r\xff\xff\xff\x7fcos\nsystem\n.",
        "bytes of a terabyte": text("cbuiltins", "bytes", "(I1000000000000", "tR"),
        "a bytearray of a terabyte": b"\x80\x05\x96\0\0\0\0\0\x01\0\0.",
        "a counter": pickle.dumps(collections.Counter("ab")),
    }


@pytest.mark.parametrize("name", hostile(Path("x")))
def test_a_hostile_pickle_does_nothing(tmp_path: Path, name: str) -> None:
    mark, path = tmp_path / "made", tmp_path / "a.pkl"
    data = hostile(mark)[name]
    if "bytearray of" not in name:
        list(pickletools.genops(data))  # a whole pickle: it is refused for what it asks, not for being broken
    path.write_bytes(data)
    with pytest.raises(UnsafePickle, match=r"a\.pkl: "):
        safe_unpickle(path)
    assert not mark.exists()


def test_the_refusal_names_what_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps(Calls(os.system, "true")))
    with pytest.raises(UnsafePickle, match=r"(posix|nt)\.system is refused"):
        safe_unpickle(path)


@pytest.mark.parametrize("data", [b"", b"no pickle", b"\x80\x04", b".", b"]" * 9, b"\x80\x63.", b"cos\n", b"\x95" * 40])
def test_a_damaged_file_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(data)
    with pytest.raises(UnsafePickle, match=r"a\.pkl: "):
        safe_unpickle(path)


def test_every_cut_of_a_pickle_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    whole = pickle.dumps(PLAIN)
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        with pytest.raises(UnsafePickle):
            safe_unpickle(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnsafePickle, match="cannot read"):
        safe_unpickle(tmp_path / "none.pkl")
