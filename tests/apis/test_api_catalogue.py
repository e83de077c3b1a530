"""Our catalogue's files, and all sources as one catalogue."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.apis import Api, Catalogue, Parameter, Returns, catalogue, published_key
from workflowllm.apis.catalogue import filled_in
from workflowllm.apis.model import BUILT_IN_APPLICATION, TYPES, application_of, by_application
from workflowllm.apis.sources.own_catalogue import CATALOGUE_FOLDER, CatalogueError, CatalogueFiles, read_catalogue_file

FILES = sorted(CATALOGUE_FOLDER.glob("*.yaml"))
GOOD = """\
application: com.example.Notes
name: Example Notes
complete: true
apis:
- identifier: com.example.Notes.EXAddNoteIntent
  aliases: [com.example.Notes.AddNoteIntent]
  name: Add Note
  description: Adds a note.
  parameters:
  - key: text
    type: text
    required: true
  - key: position
    type: enum
    default: top
    values: [top, bottom]
    when: {text: x}
  returns: {type: object, kind: NoteEntity, name: Note}
"""


class MemorySource:
    """A source in memory."""

    name = "memory"

    def __init__(self, *apis: Api, complete: bool = False):
        self.skipped: list[str] = []
        self.groups, self.complete = by_application(apis), complete

    def applications(self) -> dict[str, bool]:
        return dict.fromkeys(self.groups, self.complete)

    def apis(self, application: str) -> list[Api]:
        return self.groups.get(application, [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_valid_and_facts_are_sound(path: Path) -> None:
    for api in CatalogueFiles().apis(read_catalogue_file(path)["application"]):
        assert api.function, api.identifier
        assert api.name == api.name.strip()
        assert len(api.description) < 400, api.identifier
        for parameter in api.parameters:
            assert parameter.type in TYPES
            assert len(parameter.description) < 400, (api.identifier, parameter.key)


def test_every_description_is_written() -> None:
    assert [path.name for path in FILES if "TODO" in path.read_text("utf-8")] == []


def test_every_action_has_a_sentence_and_a_parameter_no_more_than_a_line() -> None:
    for path in FILES:
        for api in read_catalogue_file(path)["apis"]:
            assert re.fullmatch(r"[A-Z]\S.*[.!?]", api["description"]), api["identifier"]
            for parameter in api["parameters"]:
                assert "\n" not in parameter.get("description", ""), (api["identifier"], parameter["key"])


def test_file_names_differ_where_case_does_not_count() -> None:
    """A checkout on a Mac would lose one of two such files."""
    names = [path.name.lower() for path in FILES]
    assert sorted(set(names)) == sorted(names)


def test_the_readme_counts_what_is_there() -> None:
    text = (CATALOGUE_FOLDER / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+?) \| `(\S+)` \| (\d+) \| (yes)? ?\|$", text, re.M)
    files = CatalogueFiles()
    listed = {(name, application, int(count), bool(whole)) for name, application, count, whole in rows}
    assert listed == {
        (files.application_name(name), name, len(read_catalogue_file(path)["apis"]), files.complete(name))
        for name, path in files.files.items()
    }
    assert f"{sum(count for *_, count, _ in listed):,} actions of {len(listed)}" in text.replace("\n", " ")


def test_the_readmes_example_is_valid(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (CATALOGUE_FOLDER / "README.md").read_text("utf-8"), re.S)
    (tmp_path / "a.yaml").write_text(example)
    assert set(Catalogue([CatalogueFiles(tmp_path)])) == {
        "com.example.Notes.EXAddNoteIntent", "com.example.Notes.AddNoteIntent",
    }  # fmt: skip


def broken(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "the first line"),
        ("name: x\n" + GOOD, 1, "the first line"),
        (broken(("name: Example Notes\n", "")), 1, "name is missing"),
        (broken(("complete: true", "complete: maybe")), 3, "complete must be true or false"),
        (broken(("apis:", "apis: []\napis:")), 5, "apis stands twice"),
        (broken(("  name: Add Note\n", "  title: Add Note\n")), 7, "'title' is not a field here"),
        (broken(("  description: Adds a note.\n", "")), 5, "description is missing"),
        (broken(("Adds a note.", "''")), 8, "description is empty"),
        (broken(("Adds a note.", "Adds: a note.")), 8, "mapping values are not allowed"),
        (broken(("Adds a note.", "[a note]")), 8, "description must be a text"),
        (broken(("name: Add Note", "name: 12")), 7, "put it in quotes"),
        (broken(("  - key: text\n", "  - name: text\n")), 10, "'name' is not a field here"),
        (broken(("  - key: position", "  - key: text")), 13, "the key text stands twice"),
        (broken(("type: text", "type: string")), 11, "'string' is not a type"),
        (broken(("values: [top, bottom]", "values: [on, off]")), 16, "put it in quotes"),
        (broken(("values: [top, bottom]", "values: {top: yes, bottom: x}")), 16, "put it in quotes"),
        (broken(("values: [top, bottom]", "values: [top, top]")), 16, "stands twice"),
        (broken(("    values: [top, bottom]\n", "")), 13, "an enum needs values"),
        (broken(("    required: true", "    values: [a]")), 12, "a text has no values"),
        (broken(("default: top", "default: middle")), 15, "not among the values"),
        (broken(("    required: true", "    default: true")), 12, "cannot be the default of the type text"),
        (broken(("    required: true", "    default: 2024-01-01")), 12, "cannot be the default of the type text"),
        (broken(("    required: true", "    required: 'yes'")), 12, "required must be true or false"),
        (broken(("{text: x}", "{other: x}")), 17, "'other' is not a parameter"),
        (broken(("{text: x}", "{text: [x]}")), 17, "must be a text"),
        (broken(("kind: NoteEntity, ", "colour: red, ")), 18, "'colour' is not a field here"),
        (broken((", name: Note}", "}")), 18, "name is missing"),
        (broken(("[com.example.Notes.AddNoteIntent]", "[com.example.Other.AddNoteIntent]")), 6, "not an identifier of"),
        (broken(("[com.example.Notes.AddNoteIntent]", "[com.example.Notes.EXAddNoteIntent]")), 6, "twice"),
        (broken(("[com.example.Notes.AddNoteIntent]", "[5]")), 6, "an alias must be a text"),
        (broken(("  parameters:", "  parameters: none\n  more:")), 10, "not a field here"),
        (broken(("  returns: {", "  returns: {{")), 19, "expected"),
        (broken(("  parameters:", "\tparameters:")), 9, "tab"),
        (broken(("Adds", "\0Adds")), 8, "a character that YAML does not allow"),
        (broken(("Adds", "!!python/object/apply:os.system ['true'] #")), 8, "could not determine a constructor"),
        ("application: com.example.Notes\napis:\n" + "- " * 3000, 3, "nested deeper"),
        ("application: com.example.Notes\napis: " + "[" * 100_000, 2, "nested deeper"),
        ("application: com.example.Notes\napis: " + "[\n" * 100_000, 101, "nested deeper"),
        ("application: com.example.Notes\napis: " + '{"a":\n' * 3000, 101, "nested deeper"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = tmp_path / "com.example.Notes.yaml"
    path.write_bytes(text.encode())
    with pytest.raises(CatalogueError) as raised:
        len(Catalogue([CatalogueFiles(tmp_path)]))
    assert str(raised.value).startswith(f"{path}:{line}: "), raised.value
    assert says in str(raised.value)


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(GOOD.encode().replace(b"Adds", b"\xff"))
    with pytest.raises(CatalogueError, match=r"a.yaml:8: not UTF-8"):
        len(Catalogue([CatalogueFiles(tmp_path)]))


def test_two_files_of_one_application_are_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(CatalogueError, match=r"b.yaml:1: a.yaml describes"):
        CatalogueFiles(tmp_path).applications()


def test_an_entry_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    known = Catalogue([CatalogueFiles(tmp_path)])
    api = known["com.example.Notes.EXAddNoteIntent"]
    assert api.by_key["position"] == Parameter(
        "position", "enum", default="top", values={"top": "", "bottom": ""}, when={"text": "x"}
    )
    assert (api.returns, api.by_key["text"].required) == (Returns("object", "Note", "NoteEntity"), True)
    assert known.by_key("com_example_Notes_AddNoteIntent").parameters == api.parameters
    assert known.is_complete("com.example.Notes")
    assert not known.is_complete("com.example") and not known.knows("com.example")


def test_the_first_source_has_the_say_and_a_later_one_fills_in() -> None:
    first = Api("a.b", "One", "", (Parameter("x"), Parameter("y", "text", default="d")), source="1")
    later = Api(
        "a.b", "Two", "Says.", (Parameter("x", "enum", "T", values={"v": ""}), Parameter("z")), Returns("text"), "x"
    )
    merged = filled_in(first, later)
    assert (merged.name, merged.description, merged.source) == ("One", "Says.", "1")
    assert merged.parameters == (Parameter("x", "enum", "T", values={"v": ""}), Parameter("y", "text", default="d"))
    assert (merged.returns, merged.input_key) == (Returns("text"), "x")
    both = Catalogue([MemorySource(first), MemorySource(later, Api("a.c"), complete=True)])
    assert (both["a.b"], set(both), len(both)) == (merged, {"a.b", "a.c"}, 2)
    assert both.is_complete("a")


def test_a_file_that_knows_of_gaps_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(broken(("complete: true", "complete: false")))
    known = Catalogue([MemorySource(Api("com.example.Notes.X"), complete=True), CatalogueFiles(tmp_path)])
    assert not known.is_complete("com.example.Notes")


def test_the_catalogue_of_everybody() -> None:
    known = catalogue()
    assert known is catalogue()
    assert len(set(known)) == len(known) > 3000
    assert known.is_complete(BUILT_IN_APPLICATION)
    assert "is.workflow.actions.nosuchthing" not in known and "nosuchthing" not in known
    url = known.by_function("is_workflow_actions_downloadurl")
    assert url is not None and url.input_key == "WFURL" and url.by_key["WFURL"].required
    assert set(url.by_key["WFHTTPMethod"].values) == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert known.by_key("nothing_like_it") is None and known.by_function("print") is None
    assert not known.skipped


def test_every_api_is_found_by_its_published_key() -> None:
    known = catalogue()
    for identifier in list(known)[::25]:
        found = known.by_key(published_key(identifier))
        assert found is not None and published_key(found.identifier) == published_key(identifier)
        assert application_of(identifier) == found.application


def test_asking_for_one_application_reads_one_file() -> None:
    """A checker starts in a tenth of a second because it reads what the code calls and no more."""
    code = """
from workflowllm.apis.catalogue import catalogue
known = catalogue()
known["dk.simonbs.DataJar.GetValueIntent"], known["is.workflow.actions.gettext"]
import json
print(json.dumps(sorted(known.sources[1]._read)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["builtin", "dk.simonbs.DataJar"]
