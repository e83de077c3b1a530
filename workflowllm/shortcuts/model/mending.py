"""Badly nested blocks, mended: marks are paired by their group, what is left open is closed, and all of it is told.

A block is left out only where nothing of its group tells where it starts. Runs of other clients' exports lose modes, or
store others: the first mark of a group is then taken for the block's start and the last for its end.
"""

from collections.abc import Iterator, Sequence

from workflowllm.shortcuts.model.tree import (
    CLOSE,
    LOOPS,
    MENU,
    NEXT,
    OPEN,
    Action,
    NestingError,
    Node,
    a_block,
    build_tree,
    mode_of,
)

_MODE = "WFControlFlowMode"
_TAKEN_AS = {OPEN: "the start", NEXT: "the next branch", CLOSE: "the end"}


def mended_tree(actions: Sequence[Action]) -> tuple[list[Node], list[str]]:
    """The tree of a flat action list, and a sentence for each change that it took; none where it nests well."""
    try:
        return build_tree(actions), []
    except NestingError:
        changes: list[str] = []
        return build_tree(list(_paired(actions, changes)), changes), changes


def _paired(actions: Sequence[Action], changes: list[str]) -> Iterator[Action]:
    """The actions, with the modes that the groups of their marks ask for."""
    groups: dict[tuple[str, str], list[int]] = {}
    for position, action in enumerate(actions):
        if mode_of(action) is not None and "GroupingIdentifier" in action.parameters:
            group = repr(action.parameters["GroupingIdentifier"])
            groups.setdefault((action.identifier, group), []).append(position)
    modes: dict[int, int] = {}
    for (identifier, _), positions in groups.items():
        stored = [_stored_mode(actions[position]) for position in positions]
        modes |= zip(positions, _modes(stored, identifier in LOOPS))
    for position, action in enumerate(actions):
        mode = modes.get(position)
        if mode is None or mode == _stored_mode(action) or mode == mode_of(action):
            yield action
            continue
        block = a_block(action)
        if action.identifier == MENU and _stored_mode(action) == NEXT:  # a case, whose menu has lost its start
            changes.append(f"before action {action.index}, the start of {block} was missing and is added")
            yield Action(-1, MENU, {"GroupingIdentifier": action.parameters["GroupingIdentifier"], _MODE: OPEN})
            yield action
            continue
        changes.append(f"action {action.index} is taken as {_TAKEN_AS[mode]} of {block}, as its group says")
        yield Action(action.index, action.identifier, {**action.parameters, _MODE: mode}, action.other)


def _stored_mode(action: Action) -> int | None:
    """0, 1 or 2 where the action says so; None where its mode is missing or none of these."""
    mode = mode_of(action)
    return None if action.parameters.get(_MODE) in (None, "") or mode == -1 else mode


def _modes(stored: Sequence[int | None], is_loop: bool) -> Iterator[int | None]:
    """The mode of each mark of a group. Copies of a block, side by side or nested, may share a group."""
    depth, closes = 0, stored.count(CLOSE)
    for number, mode in enumerate(stored):
        closes -= mode == CLOSE
        following = stored[number + 1] if number + 1 < len(stored) else OPEN
        if depth == 0 and mode != OPEN and following != OPEN:
            mode = OPEN
        elif depth and mode is None and (is_loop or following == OPEN):
            mode = CLOSE
        elif depth and mode is None:
            mode = OPEN if closes > depth else NEXT
        depth += (mode == OPEN) - (mode == CLOSE and depth > 0)
        yield mode
