"""What holds the layout: imports go down, every module stands alone, and nothing knows its machine."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dev import measure_house
from dev.measure_house import circles, duplicate_names, imported_modules, namespace_mentions, read_house

ROOT = Path(__file__).parents[2]
HOUSE = read_house(ROOT)
TEXT_ENDINGS = {".py", ".sh", ".md", ".toml", ".txt", ".yaml", ".yml", ".cfg", ".ini", ".html", ".css", ".js", ".jinja"}
# Absolute folders of one machine, and addresses of package registries. The lists themselves must not match.
MACHINE_PATHS = re.compile(r"(?<![\w./}])/(?:work|home|Users|mnt|root|opt|data1?)/\w")
REGISTRIES = re.compile(
    r"https?://[^\s)'\"]*(?:/simple\b|pypi|files\.pythonhosted|artifactory|nexus)|--(?:extra-)?index-url"
)


def import_alone(modules: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "dev/import_alone.py"), *modules]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)


def test_packages_import_downwards_only() -> None:
    """pyproject.toml has the layers; `lint-imports` prints the same. In a process of its own: inside of this one it
    would take hold of a standard output that pytest closes, and every later test would fail."""
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_circle_of_modules() -> None:
    assert circles(HOUSE.library) == []


def test_a_module_name_occurs_once_but_for_mirrors() -> None:
    assert list(duplicate_names(HOUSE)) == []


def test_a_circle_is_seen() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert circles(graph) == [["a", "b", "c"], ["d", "e"]]


def test_imports_are_read_at_any_depth(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text("from p.a import x\ndef f():\n    from p import b\n    import p.c, os\nfrom . import d\n")
    modules = dict.fromkeys(("p.a", "p.b", "p.c", "p.q.d"), source)
    assert sorted(imported_modules(source, "p.q.module", modules)) == ["p.a", "p.b", "p.c", "p.q.d"]


def test_every_module_can_be_imported_alone() -> None:
    done = import_alone(list(HOUSE.sources), ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_module_that_needs_another_first_is_seen(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text("import second\nx = 1\n")
    (tmp_path / "second.py").write_text("from first import x\n")
    done = import_alone(["second", "first"], tmp_path)
    assert done.returncode == 1
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["first"]


def test_the_library_knows_no_argparse_namespace() -> None:
    assert namespace_mentions(HOUSE) == []


def test_the_table_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(measure_house, "not_importable_alone", lambda house: ["a\twhy"])
    monkeypatch.setattr(sys, "argv", ["measure_house.py", "--root", str(ROOT), "--list"])
    measure_house.main()
    lines = capsys.readouterr().out.splitlines()
    assert f"modules that cannot be imported alone {1:9}" in lines and "    a\twhy" in lines
    assert lines[-1].startswith("README lines")


def tracked_texts() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [
        ROOT / name for name in listing.split("\0") if Path(name).suffix in TEXT_ENDINGS and (ROOT / name).is_file()
    ]


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, REGISTRIES], ids=["paths", "registries"])
def test_nothing_names_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    """Reports made by the project (`results/`) hold texts of shortcuts, and are left out; so is this file."""
    hits = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked_texts()
        if path != Path(__file__) and "results" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert hits == []


def test_paths_and_registries_are_recognised() -> None:
    assert MACHINE_PATHS.search("see /home/someone/x") and not MACHINE_PATHS.search("output/home/x")
    assert REGISTRIES.search("https://registry.example/simple/") and not REGISTRIES.search("https://example.com/feed")
