"""Measure the shape of the code: circles, modules that cannot be imported alone, torn-out modules, and the like.

    python dev/measure_house.py
    python dev/measure_house.py --root /tmp/before --list

`--root` names another checkout, so that a table of before and after can be made. Only the standard library is used, and
only the processes that try each module alone import anything of the checkout.
"""

import argparse
import ast
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, run

PACKAGE = "workflowllm"
SCRIPT_FOLDERS = ("preprocess", "eval", "scripts")
MIRRORS = {"to_python", "from_python"}
# Words that only the dialect has; a collection with three of them is a table of the dialect's words.
DIALECT_WORDS = frozenset(
    {
        "action_input", "all_of", "any_of", "bare", "block_result", "coerce", "current_date", "device_details",
        "format_date", "import_question", "legacy", "listed", "missing", "modified", "previous", "serialized",
        "shortcut_input", "shown_as", "text_of", "token", "uid", "untitled", "where",
    }
)  # fmt: skip
ENOUGH_WORDS = 3

Graph = Mapping[str, set[str]]


@dataclass
class House:
    """What is in one checkout. Modules are named by their dotted names, scripts by their paths."""

    root: Path
    sources: dict[str, Path]
    library: dict[str, set[str]] = field(default_factory=dict)  # module -> modules that it imports
    scripts: dict[str, set[str]] = field(default_factory=dict)


def read_house(root: Path) -> House:
    """Find modules and scripts of a checkout, and what each imports from the package."""
    sources = {module_name(path, root): path for path in sorted((root / PACKAGE).rglob("*.py"))}
    house = House(root, sources)
    house.library = {name: set(imported_modules(path, name, sources)) for name, path in sources.items()}
    paths = [*root.glob("*.py"), *(path for folder in SCRIPT_FOLDERS for path in (root / folder).rglob("*.py"))]
    house.scripts = {str(path.relative_to(root)): set(imported_modules(path, "", sources)) for path in sorted(paths)}
    return house


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path, importer: str, modules: Mapping[str, Path]) -> Iterator[str]:
    """Modules of the package that a file imports, at any level of nesting, for type checkers too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            package = importer.split(".")[: -node.level] if node.level else []
            base = ".".join([*package, *filter(None, [node.module])])
            for alias in node.names:
                submodule = f"{base}.{alias.name}"
                if submodule in modules:
                    yield submodule
                elif base in modules:
                    yield base


def circles(graph: Graph) -> list[list[str]]:
    """Sets of nodes that reach each other (Tarjan's algorithm), largest first."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    components: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph.get(node, ()):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            cut = stack.index(node)
            components.append(sorted(stack[cut:]))
            del stack[cut:]

    for node in graph:
        if node not in index:
            visit(node)
    return sorted((nodes for nodes in components if len(nodes) > 1), key=len, reverse=True)


def package_graph(library: Graph) -> Graph:
    """Imports between the packages directly below the library's root."""
    graph: dict[str, set[str]] = defaultdict(set)
    for module, imports in library.items():
        for target in imports:
            pair = [name.split(".")[1:2] for name in (module, target)]
            if all(pair) and pair[0] != pair[1]:
                graph[pair[0][0]].add(pair[1][0])
    return {
        name: graph.get(name, set()) for name in sorted({*graph, *(x for values in graph.values() for x in values)})
    }


def not_importable_alone(house: House) -> list[str]:
    """Modules whose import fails in a process that has imported nothing else of the package, with the reason."""
    environment = {**os.environ, "PYTHONPATH": str(house.root), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(Path(__file__).with_name("import_alone.py")), *house.sources]
    done = run(command, cwd=house.root, env=environment, stdout=PIPE, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"import_alone.py ended with status {done.returncode}")
    return done.stdout.splitlines()


def with_one_importer(house: House) -> list[str]:
    """Modules (packages' `__init__` aside) that exactly one module or script imports."""
    importers = Counter(target for imports in (*house.library.values(), *house.scripts.values()) for target in imports)
    return [name for name, path in house.sources.items() if path.name != "__init__.py" and importers[name] == 1]


def namespace_mentions(house: House) -> list[str]:
    return [
        f"{path.relative_to(house.root)}:{number}"
        for path in house.sources.values()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\bargparse\.Namespace\b|\bimport.*\bNamespace\b", line)
    ]


def dialect_tables(house: House) -> list[str]:
    """Modules with a collection at module level that lists words of the dialect."""
    return [name for name, path in house.sources.items() if lists_dialect_words(path)]


def lists_dialect_words(path: Path) -> bool:
    for statement in ast.parse(path.read_text("utf-8")).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            strings = {node.value for node in ast.walk(statement.value) if isinstance(node, ast.Constant)}
            if len(strings & DIALECT_WORDS) >= ENOUGH_WORDS:
                return True
    return False


def duplicate_names(house: House) -> list[str]:
    """Module names that occur in several packages, without the mirrored pairs of both directions of the converter."""
    homes: dict[str, list[str]] = defaultdict(list)
    for name, path in house.sources.items():
        if path.name != "__init__.py":
            package, _, base = name.rpartition(".")
            homes[base].append(package)
    return [
        f"{base}: {', '.join(packages)}"
        for base, packages in sorted(homes.items())
        if len(packages) > 1 and {package.rpartition(".")[2] for package in packages} != MIRRORS
    ]


def readme_lines(house: House) -> int:
    return len((house.root / "README.md").read_text("utf-8").splitlines())


@dataclass(frozen=True)
class Measure:
    """One row of the table: what is counted, how many there are, and which."""

    name: str
    count: int
    items: tuple[str, ...] = ()


def measures(house: House) -> Iterator[Measure]:
    packages, modules = circles(package_graph(house.library)), circles(house.library)
    plain = [name for name, path in house.sources.items() if path.name != "__init__.py"]
    yield Measure("modules", len(plain))
    yield counted("packages in circles", (name for circle in packages for name in circle))
    yield counted("module circles", (" ".join(circle) for circle in modules))
    yield counted("modules that cannot be imported alone", not_importable_alone(house))
    single = with_one_importer(house)
    yield counted("modules with exactly one importer", single)
    yield counted("  of these, outside of the runtime", (name for name in single if ".runtime." not in name))
    yield counted("argparse.Namespace in the library", namespace_mentions(house))
    yield counted("dialect tables", dialect_tables(house))
    yield counted("duplicate module names (mirrors aside)", duplicate_names(house))
    yield Measure("README lines", readme_lines(house))


def counted(name: str, items: Iterable[str]) -> Measure:
    items = tuple(items)
    return Measure(name, len(items), items)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path("."), help="the checkout to measure (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="also print what was counted")
    arguments = parser.parse_args()
    for measure in measures(read_house(arguments.root.resolve())):
        print(f"{measure.name:42}{measure.count:5}", flush=True)
        if arguments.list:
            print(*(f"    {item}" for item in measure.items), sep="\n", end="\n" if measure.items else "")


if __name__ == "__main__":
    main()
