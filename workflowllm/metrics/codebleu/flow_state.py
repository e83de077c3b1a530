"""The state of a reading: the definitions that reach the statement being read, and the data-flow found so far."""

from __future__ import annotations

from typing import Any, NamedTuple
from zlib import crc32

COMES_FROM, COMPUTED_FROM = "comesFrom", "computedFrom"

Item = tuple[str, str, tuple[str, ...]]  # name, relation, the names it comes from


class Flow(NamedTuple):
    """A program's data-flow, and the names that it binds."""

    items: list[Item]
    variables: frozenset[str]


class Branches:
    """An `if` being read: where the trail stood when it began, and what each of its branches so far defined."""

    def __init__(self, mark: int) -> None:
        self.mark = mark
        self.changes: list[dict[str, Any]] = []


class Definitions:
    """The definitions of each name that reach the statement being read.

    One definition is a token's index; those of several branches are a list [seen, definition, definition, ...], which
    later lists may contain. Nothing is ever copied: `trail` holds what was overwritten, so that a branch can be undone.
    """

    def __init__(self) -> None:
        self.reaching: dict[str, Any] = {}
        self.trail: list[tuple[str, Any]] = []

    def define(self, name: str, definition: Any) -> None:
        self.trail.append((name, self.reaching.get(name)))
        self.reaching[name] = definition

    def begin(self) -> Branches:
        return Branches(len(self.trail))

    def end_branch(self, branches: Branches) -> None:
        """Note what the branch defined, and return to the state before it."""
        changes: dict[str, Any] = {}
        while len(self.trail) > branches.mark:
            name, old = self.trail.pop()
            changes.setdefault(name, self.reaching[name])
            if old is None:
                del self.reaching[name]
            else:
                self.reaching[name] = old
        branches.changes.append(changes)

    def join(self, branches: Branches, exhaustive: bool) -> None:
        """After the branches any of their definitions may hold, and where none need be taken, the old ones too."""
        changes = branches.changes if exhaustive else [*branches.changes, {}]
        for name in dict.fromkeys(name for change in changes for name in change):
            before = self.reaching.get(name)
            found = [change.get(name, before) for change in changes]
            distinct = list({id(one): one for one in found if one is not None}.values())
            self.define(name, distinct[0] if len(distinct) == 1 else [False, *distinct])


class FlowItems:
    """The items, by their token's index."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.sources: dict[int, tuple[str, ...]] = {}
        self.relations: dict[int, tuple[str, ...]] = {}
        self.repeated: set[int] = set()
        self.variables: set[str] = set()
        self.flowing: set[int] = set()  # tokens that something comes from, or that come from something

    def add(self, index: int, name: str, relation: str, sources: tuple[str, ...]) -> None:
        if index not in self.names:
            self.names[index] = name
            self.relations[index] = (relation,)
            self.sources[index] = sources
            return
        self.repeated.add(index)
        if sources != self.sources[index]:
            self.sources[index] += sources
        if relation not in self.relations[index]:
            self.relations[index] += (relation,)

    def flow(self, definition: Any) -> None:
        """Mark a definition and all it stands for."""
        todo = [definition]
        while todo:
            one = todo.pop()
            if isinstance(one, int):
                self.flowing.add(one)
            elif not one[0]:
                one[0] = True
                todo.extend(one[1:])

    def result(self) -> Flow:
        """The items that take part in a flow, in source order."""
        items = [
            (self.names[index], self.relations[index][-1], self._ordered(index))
            for index in sorted(self.names)
            if index in self.flowing
        ]
        return Flow(items, frozenset(self.variables))

    def _ordered(self, index: int) -> tuple[str, ...]:
        """Sources of a token met more than once form a set. The package lists it in the order of the process's hash
        seed, which is why its scores change from run to run; we take the order of their CRC-32, as one seed would."""
        if index not in self.repeated:
            return self.sources[index]
        return tuple(sorted(set(self.sources[index]), key=_scrambled))


def _scrambled(name: str) -> tuple[int, str]:
    return crc32(name.encode("utf-8", "replace")), name
