"""The files that API documents are kept in."""

import json
from collections.abc import Iterable
from pathlib import Path

from workflowllm.apis.documents import json_document, python_stub
from workflowllm.apis.model import Api, published_key
from workflowllm.apis.pickles import release_pickle
from workflowllm.jobs import whole_file


def write_documents(apis: Iterable[Api], folder: Path) -> int:
    """Write the documents as identifier2json and identifier2python, each to read and as released; how many APIs have
    no stub."""
    documents, stubs = {}, {}
    for api in apis:
        documents[api.identifier] = json_document(api)
        stub = python_stub(api)
        if stub is not None:
            stubs[api.identifier] = stub
    text = json.dumps(documents, ensure_ascii=False, indent=1) + "\n"
    for name, data in (
        ("identifier2json.json", text.encode("utf-8", "backslashreplace")),
        ("identifier2python.py", "\n\n".join(stubs.values()).encode("utf-8", "backslashreplace")),
        ("identifier2json.pkl", release_pickle((published_key(key), value) for key, value in documents.items())),
        ("identifier2python.pkl", release_pickle((published_key(key), value) for key, value in stubs.items())),
    ):
        with whole_file(folder / name) as handle:
            handle.write(data)
    return len(documents) - len(stubs)
