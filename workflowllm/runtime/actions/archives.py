"""Archives and PDFs: packing, unpacking, and the text of a PDF."""

import io
import zipfile
import zlib

import pypdf

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import file_of
from workflowllm.runtime.contents import item_of_bytes
from workflowllm.runtime.items import Item, Thing, flat
from workflowllm.runtime.limits import check_size
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.rule import ActionRule

MAX_MEMBERS = 10_000
MAX_PAGES = 5_000
_GZIP = ("gz", "gzip")


def make_archive(call: Call) -> Thing | None:
    """Make Archive: one file that holds the input's."""
    files = tuple(file_of(item, call.world) for item in call.input.items)
    if not files:
        return None
    call.lean("archive-items")
    ending = (call.choice("WFArchiveFormat", "zip").strip(".") or "zip").lower()
    name = call.text("WFZIPName").strip()
    if not name:
        call.lean("zip-name")
    ending = "gz" if ending in _GZIP else ending
    name = name or "Archive"
    return Thing("file", {"name": name if name.lower().endswith("." + ending) else f"{name}.{ending}", "items": files})


def extract_archive(call: Call) -> list[Item]:
    """Extract Archive: the files that an archive of the world holds."""
    return [item for archive in call.input.items for item in _extracted(call, archive)]


def _extracted(call: Call, archive: Item) -> list[Item]:
    if type(archive) is Thing:
        items, data = archive.get("items"), archive.get("data")
        if items is not None:
            return [item if type(item) is Thing else file_of(item, call.world) for item in flat(_listed(items))]
        if isinstance(data, bytes):
            return _unzipped(call, data)
    if call.session.makes_up:
        return [placeholder(call, "file")]
    call.fail(f"Extract Archive can't open {call.text_of(archive)[:60]!r}: it is no archive")


def _listed(items: Item) -> tuple:
    return tuple(items) if isinstance(items, (tuple, list)) else (items,)


def _unzipped(call: Call, data: bytes) -> list[Item]:
    """The files of a real zip archive; sizes are checked before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MAX_MEMBERS:
                call.fail(f"the archive has more than {MAX_MEMBERS:,} files")
            check_size(sum(member.file_size for member in members))
            return [_member(archive.read(member), member.filename) for member in members]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        call.fail(f"Extract Archive can't open the archive: {error}")


def _member(data: bytes, path: str) -> Thing:
    name = path.rpartition("/")[2]
    content = item_of_bytes(data, name)
    if isinstance(content, str):
        return Thing("file", {"name": name, "text": content})
    return content.changed(name=name)


def text_from_pdf(call: Call) -> list[str]:
    """Get Text from PDF: the world's text of it, else what its pages hold."""
    header, footer = call.text("WFGetTextFromPDFPageHeader"), call.text("WFGetTextFromPDFPageFooter")
    texts: list[str] = []
    for item in call.input.items:
        pages = _pages(call, item)
        whole = [f"{header}{page}{footer}" for page in pages]
        texts += ["\n".join(whole)] if call.boolean("WFCombinePages", True) else whole
    return texts


def _pages(call: Call, item: Item) -> list[str]:
    text = item.get("text") if type(item) is Thing else call.text_of(item)
    data = item.get("data") if type(item) is Thing else None
    if isinstance(data, bytes):
        return _read_pages(call, data)
    if isinstance(text, str):
        return text.split("\f")
    if type(item) is Thing and item.made_from is not None:
        parts = item.made_from if isinstance(item.made_from, tuple) else (item.made_from,)
        return [call.text_of(part) for part in parts]
    return [placeholder(call, "text")]


def _read_pages(call: Call, data: bytes) -> list[str]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if len(reader.pages) > MAX_PAGES:
            call.fail(f"the PDF has more than {MAX_PAGES:,} pages")
        pages = []
        for page in reader.pages:
            pages.append(page.extract_text())
            check_size(sum(map(len, pages)))
        return pages
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        call.fail(f"Get Text from PDF can't read the PDF: {str(error)[:80] or type(error).__name__}")


def compress_pdf(call: Call) -> list[Thing]:
    """Compress PDF: the same pages; how much smaller they get, nobody can say here."""
    pdfs = call.items("WFInput", "pdf")
    return [Thing("pdf", dict(pdf.fields), pdf) for pdf in pdfs if type(pdf) is Thing]


ACTIONS: dict[str, ActionRule] = {
    "makezip": ActionRule(make_archive, input="WFInput", gives="file"),
    "unzip": ActionRule(extract_archive, input="WFArchive", gives="file"),
    "compresspdf": ActionRule(compress_pdf, input="WFInput", gives="pdf", grade="?"),
    "gettextfrompdf": ActionRule(text_from_pdf, input="WFInput", gives="text"),
}
