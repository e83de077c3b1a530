"""Measure the API documents: what has a kind, and how many tokens the documents take at each level of shortening.

    python eval/measure_documents.py --tokenizer output/models/smollm2-135m-instruct/tokenizer.json
    python eval/measure_documents.py --tokenizer TOKENIZER.json --before old/identifier2python.pkl

`--before` takes the documents that preprocess/build_api_docs.py wrote at another commit; the same APIs' tokens at full
length are compared, in all, for built-in actions, and for the API whose document grew most.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from workflowllm.apis.catalogue import Catalogue, catalogue
from workflowllm.apis.content_types import content_types
from workflowllm.apis.documents import kind_literals, python_stub
from workflowllm.apis.model import published_key
from workflowllm.apis.pickles import safe_unpickle
from workflowllm.prompts.generation import LEVELS, shortened
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.shortcuts.model.action_table import BUILT_IN

Count = Callable[[str], int]


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    tokenizer: Path
    before: Path | None


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.json of a model")
    parser.add_argument("--before", type=Path, help="identifier2python.pkl of another commit (default: none)")
    return Flags(**vars(parser.parse_args()))


def kind_lines(known: Catalogue) -> Iterator[str]:
    """How many parameters have each type, and how many outputs a known content type."""
    types = Counter(parameter.type for api in known.values() for parameter in api.parameters)
    yield f"parameters: {types.total()}, of which of any kind {types['any']}"
    yield "  " + ", ".join(f"{name} {count}" for name, count in types.most_common())
    outputs = [api for api in known.of_application("builtin").values() if api.returns]
    typed = sum(bool(content_types().of_output(api)) for api in outputs)
    yield f"outputs of built-in actions: {len(outputs)}, of which with content types {typed}"


def level_lines(stubs: Mapping[str, str], count: Count) -> Iterator[str]:
    for level in LEVELS:
        total = sum(count(shortened(stub, level)) for stub in stubs.values())
        yield f"level {level}: {total} tokens, {total / max(len(stubs), 1):.0f} a document"


def comparison_lines(stubs: Mapping[str, str], old: Mapping[str, str], count: Count) -> Iterator[str]:
    """Tokens at full length against those of other documents of the same APIs."""
    pairs = {name: (count(old[published_key(name)]), count(stub))
             for name, stub in stubs.items() if published_key(name) in old}  # fmt: skip
    for what, start in (("all", ""), ("built in", BUILT_IN)):
        chosen = [pair for name, pair in pairs.items() if name.startswith(start)]
        before, after = sum(pair[0] for pair in chosen), sum(pair[1] for pair in chosen)
        yield f"{what}: {after} tokens against {before} ({after / max(before, 1):.2f} times), {len(chosen)} documents"
    most = max(pairs, key=lambda name: pairs[name][1] - pairs[name][0], default=None)
    if most:
        yield f"grew most: {most}, from {pairs[most][0]} to {pairs[most][1]}"


def main() -> int:
    flags = parse_flags()
    try:
        tokenizer = Tokenizer.from_file(str(flags.tokenizer))
        old = safe_unpickle(flags.before) if flags.before else None
    except Exception as error:  # the library raises its own plain Exception
        raise CommandError(f"cannot read the tokenizer or the documents: {error}.") from None
    known = catalogue()
    stubs = {identifier: stub for identifier, api in known.items() if (stub := python_stub(api))}

    def count(text: str) -> int:
        return len(tokenizer.encode(text).ids)

    print("\n".join([*kind_lines(known), *level_lines(stubs, count)]))
    print(f"the line on how values are written: at most {count(kind_literals(known.values()))} tokens a prompt")
    if old is not None:
        print("\n".join(comparison_lines(stubs, old, count)))
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
