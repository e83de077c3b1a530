"""All sources as one catalogue. Each application is read when it is first needed."""

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

    Where several sources describe one API, the first decides. A later source fills in the texts, the output, the types
    and the values that the first leaves open; it adds no parameter.
    """

    def __init__(self, sources: Sequence[Source]):
        self.sources = sources
        self._groups: dict[str, dict[str, Api]] = {}
        self._keys: dict[str, str | None] = {}

    # Two catalogues are equal only if they are one: comparing their content would read every source.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __getitem__(self, identifier: str) -> Api:
        return self.of_application(application_of(identifier))[identifier]

    def __iter__(self) -> Iterator[str]:
        for application in self.applications():
            yield from self.of_application(application)

    def __len__(self) -> int:
        return sum(len(self.of_application(application)) for application in self.applications())

    def applications(self) -> list[str]:
        """Every application that some source knows, in alphabetical order."""
        return sorted({application for source in self.sources for application in source.applications()})

    def of_application(self, application: str) -> Mapping[str, Api]:
        """Identifier -> API for one application; empty where no source knows it."""
        if application not in self._groups:
            group: dict[str, Api] = {}
            for source in self.sources:
                for api in source.apis(application):
                    group[api.identifier] = filled_in(group[api.identifier], api) if api.identifier in group else api
            self._groups[application] = group
        return self._groups[application]

    def knows(self, application: str) -> bool:
        """Whether any source knows an API of this application."""
        return bool(self.of_application(application))

    def is_complete(self, application: str) -> bool:
        """Whether every action of an application is known, so that any other does not exist.

        A file of our own catalogue decides with its `complete`; where there is no such file, any source may vouch.
        """
        for source in self.sources:
            if isinstance(source, CatalogueFiles) and application in source.files:
                return source.complete(application)
        return any(source.applications().get(application, False) for source in self.sources)

    def by_key(self, key: str) -> Api | None:
        """The API that a released file lists under `key`, its identifier with `_` for `.`."""
        if key not in self._keys:
            self._keys[key] = self._identifier_of_key(key)
        identifier = self._keys[key]
        return self[identifier] if identifier else None

    def by_function(self, name: str) -> Api | None:
        """The API that a Python name calls."""
        return self.get(identifier_of(name))

    @property
    def skipped(self) -> list[str]:
        """One line for each definition, or part of one, that was read so far and could not be used."""
        return [f"{source.name}: {line}" for source in self.sources for line in source.skipped]

    def _identifier_of_key(self, key: str) -> str | None:
        for application in self.applications():
            if key.startswith(published_key(identifier_prefix(application))):
                for identifier in self.of_application(application):
                    if published_key(identifier) == key:
                        return identifier
        return None


def filled_in(first: Api, later: Api) -> Api:
    """`first`, with everything that it leaves open taken from `later`."""
    return replace(
        first,
        name=first.name or later.name,
        description=first.description or later.description,
        parameters=tuple(_parameter_filled_in(item, later.by_key.get(item.key)) for item in first.parameters),
        returns=first.returns or later.returns,
        input_key=first.input_key or later.input_key,
    )


def _parameter_filled_in(first: Parameter, later: Parameter | None) -> Parameter:
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
    """The project's catalogue: the package shortcutkit and our own files, which every installation has."""
    return Catalogue([Package(), CatalogueFiles()])


def catalogue_with(
    wfactions: Path | None = None,
    app_intents: Path | None = None,
    intents: Path | None = None,
    folder: Path = CATALOGUE_FOLDER,
) -> Catalogue:
    """The project's catalogue with the user's definitions between the package and our own files.

    `wfactions` is a file, `app_intents` and `intents` are folders. Raises ValueError where a file cannot be read.
    """
    sources: list[Source] = [Package()]
    sources += [WFActions(wfactions)] if wfactions else []
    sources += [AppIntents(app_intents)] if app_intents else []
    sources += [IntentDefinitions(intents)] if intents else []
    return Catalogue([*sources, CatalogueFiles(folder)])
