"""All sources as one catalogue, read application by application as it is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from workflowllm.apis.model import Api, Parameter, Source, application_of, identifier_prefix, published_key
from workflowllm.apis.sources.app_intents import AppIntents
from workflowllm.apis.sources.intent_definitions import IntentDefinitions
from workflowllm.apis.sources.own_catalogue import CATALOGUE_FOLDER, CatalogueFiles
from workflowllm.apis.sources.shortcutkit import Package
from workflowllm.apis.sources.wfactions import WFActions
from workflowllm.shortcuts.model.identifiers import identifier_of


class Catalogue(Mapping[str, Api]):
    """Identifier -> API.

    Where several sources describe one API, the first has the say; a later one fills in the texts, the output and the
    types and values that the first leaves open, and adds no parameter.
    """

    def __init__(self, sources: Sequence[Source]):
        self.sources = sources
        self._groups: dict[str, dict[str, Api]] = {}
        self._keys: dict[str, str | None] = {}

    def __getitem__(self, identifier: str) -> Api:
        return self.of_application(application_of(identifier))[identifier]

    def __iter__(self) -> Iterator[str]:
        for application in self.applications():
            yield from self.of_application(application)

    def __len__(self) -> int:
        return sum(len(self.of_application(application)) for application in self.applications())

    def applications(self) -> list[str]:
        """Every application that a source knows, in order."""
        return sorted({application for source in self.sources for application in source.applications()})

    def of_application(self, application: str) -> Mapping[str, Api]:
        """The APIs of one application; none where no source knows it."""
        if application not in self._groups:
            group: dict[str, Api] = {}
            for source in self.sources:
                for api in source.apis(application):
                    group[api.identifier] = filled_in(group[api.identifier], api) if api.identifier in group else api
            self._groups[application] = group
        return self._groups[application]

    def knows(self, application: str) -> bool:
        return bool(self.of_application(application))

    def is_complete(self, application: str) -> bool:
        """Whether the whole list of an application is known, so that an action it lacks does not exist.

        A source vouches for the list; a file of our own catalogue that says `complete: false` knows of gaps and has
        the last word.
        """
        for source in self.sources:
            if isinstance(source, CatalogueFiles) and application in source.files:
                return source.complete(application)
        return any(source.applications().get(application, False) for source in self.sources)

    def by_key(self, key: str) -> Api | None:
        """The API that a released file keys as `key` (its identifier with `.` as `_`)."""
        if key not in self._keys:
            self._keys[key] = self._identifier_of_key(key)
        identifier = self._keys[key]
        return self[identifier] if identifier else None

    def by_function(self, name: str) -> Api | None:
        """The API that a Python name calls."""
        return self.get(identifier_of(name))

    @property
    def skipped(self) -> list[str]:
        """A line for everything that the sources left out, of what has been read so far."""
        return [f"{source.name}: {line}" for source in self.sources for line in source.skipped]

    def _identifier_of_key(self, key: str) -> str | None:
        for application in self.applications():
            if key.startswith(published_key(identifier_prefix(application))):
                for identifier in self.of_application(application):
                    if published_key(identifier) == key:
                        return identifier
        return None


def filled_in(first: Api, later: Api) -> Api:
    """`first` with what it leaves open taken from `later`."""
    return replace(
        first,
        name=first.name or later.name,
        description=first.description or later.description,
        parameters=tuple(_filled_in(mine, later.by_key.get(mine.key)) for mine in first.parameters),
        returns=first.returns or later.returns,
        input_key=first.input_key or later.input_key,
    )


def _filled_in(first: Parameter, later: Parameter | None) -> Parameter:
    if later is None:
        return first
    typed = later if first.type == "any" else first
    return replace(
        first,
        type=typed.type,
        kind=typed.kind,
        values=typed.values,
        title=first.title or later.title,
        description=first.description or later.description,
        default=first.default if first.default is not None else later.default,
    )


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The package and our own catalogue, which everybody has."""
    return Catalogue([Package(), CatalogueFiles()])


def catalogue_with(
    wfactions: Path | None = None,
    app_intents: Path | None = None,
    intents: Path | None = None,
    folder: Path = CATALOGUE_FOLDER,
) -> Catalogue:
    """The catalogue with definitions of one's own between the package and our files."""
    sources: list[Source] = [Package()]
    sources += [WFActions(wfactions)] if wfactions else []
    sources += [AppIntents(app_intents)] if app_intents else []
    sources += [IntentDefinitions(intents)] if intents else []
    return Catalogue([*sources, CatalogueFiles(folder)])
