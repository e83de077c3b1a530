"""Images and other media as things: every edit gives a thing with its new size, and says what it was made of."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from workflowllm.runtime.actions.outside import from_outside
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce
from workflowllm.runtime.items import Item, Thing
from workflowllm.runtime.rule import ActionRule

MAX_SIDE = 100_000  # pixels; a phone's largest panorama has 16,382
MAX_FRAMES = 10_000
_ENDINGS = {
    "JPEG": "jpeg", "PNG": "png", "TIFF": "tiff", "GIF": "gif", "BMP": "bmp", "HEIF": "heic", "JPEG-2000": "jp2",
    "PDF": "pdf",
}  # fmt: skip
Size = tuple[Decimal, Decimal]


def images_of(call: Call, key: str = "WFInput") -> list[Thing]:
    """The images of a parameter. An action without any gives nothing, which no source settles."""
    images = [item for item in call.items(key, "image") if type(item) is Thing]
    if not images:
        call.lean("no-image")
    return images


def size_of(image: Thing) -> Size:
    """Width and height in pixels; of an image that does not say, those of a square of 1,024."""
    width, height = image.get("width"), image.get("height")
    return (
        width if type(width) is Decimal and width > 0 else Decimal(1024),
        height if type(height) is Decimal and height > 0 else Decimal(1024),
    )


def made(call: Call, origin: Any, size: Size, name: str = "", kind: str = "image", **fields: Any) -> Thing:
    """A new image of this size. `origin` is the thing, or the tuple of things, that it was made of."""
    width, height = (pixels(call, side) for side in size)
    name = name or (origin.name if type(origin) is Thing else "") or "Image.png"
    return Thing(kind, {"name": name, "width": width, "height": height, **fields}, origin)


def pixels(call: Call, side: Decimal) -> Decimal:
    """A side in whole pixels, at least one."""
    if side > MAX_SIDE:
        call.fail(f"the image would have a side of {side:.0f} pixels; at most {MAX_SIDE:,} are possible")
    return max(side.quantize(Decimal(1)), Decimal(1))


def dimension(call: Call, key: str, default: int | None = None) -> Decimal | None:
    """A width or height; the default where the key is not stored, None where the field is empty."""
    if not call.has(key):
        return None if default is None else Decimal(default)
    number = call.number(key)
    return number if number is not None and number > 0 else None


# Edits that keep one image one image


def resize(call: Call) -> list[Thing]:
    """A side that is not set follows the other, so that the image keeps its shape."""
    images = images_of(call, "WFImage")
    way = call.choice("WFImageResizeKey", "Size")
    return [made(call, image, _resized(call, size_of(image), way)) for image in images]


def _resized(call: Call, size: Size, way: str) -> Size:
    width, height = size
    if way == "Percentage":
        share = call.number("WFImageResizePercentage", 100) / 100
        return width * share, height * share
    if way == "Longest Edge":
        factor = call.number("WFImageResizeLength", 640) / max(size)
        return width * factor, height * factor
    new_width, new_height = dimension(call, "WFImageResizeWidth", 640), dimension(call, "WFImageResizeHeight")
    if new_width is None and new_height is None:
        return size
    if new_width is None:
        return width * new_height / height, new_height
    return new_width, height * new_width / width if new_height is None else new_height


def crop(call: Call) -> list[Thing]:
    """What is cut out is at most as large as the image, and for a custom position what lies inside it."""
    width, height = dimension(call, "WFImageCropWidth", 100), dimension(call, "WFImageCropHeight", 100)
    left = top = Decimal()
    if call.choice("WFImageCropPosition", "Center") == "Custom":
        left, top = (max(call.number(key, 0), Decimal()) for key in ("WFImageCropX", "WFImageCropY"))
    cropped = []
    for image in images_of(call):
        own_width, own_height = size_of(image)
        sides = (min(width or own_width, own_width - left), min(height or own_height, own_height - top))
        cropped.append(made(call, image, (max(sides[0], Decimal(1)), max(sides[1], Decimal(1)))))
    return cropped


def rotate(call: Call) -> list[Thing]:
    """By degrees; at an angle that is no quarter turn, the smallest upright frame around the turned image."""
    angle = math.radians(float(call.number("WFImageRotateAmount", 90) % 360))
    sine, cosine = abs(math.sin(angle)), abs(math.cos(angle))
    rotated = []
    for image in images_of(call, "WFImage"):
        width, height = map(float, size_of(image))
        frame = (round(width * cosine + height * sine), round(width * sine + height * cosine))
        rotated.append(made(call, image, (Decimal(frame[0]), Decimal(frame[1]))))
    return rotated


def same_size(key: str) -> Callable[[Call], list[Thing]]:
    """An edit that keeps the size: flipping, masking, text and images laid over, cleaning metadata."""
    return lambda call: [made(call, image, size_of(image)) for image in images_of(call, key)]


def mask(call: Call) -> list[Thing]:
    """An icon is square; the other masks keep the size."""
    images = images_of(call)
    if call.choice("WFMaskType", "Rounded Rectangle") != "Icon":
        return [made(call, image, size_of(image), _renamed(image, "png")) for image in images]
    return [made(call, image, (min(size_of(image)),) * 2, _renamed(image, "png")) for image in images]


def overlay_image(call: Call) -> list[Thing]:
    """The lower image's size; both images are its origin."""
    upper = tuple(images_of(call, "WFImage"))
    return [made(call, (image, *upper), size_of(image), image.name) for image in images_of(call)]


def overlay_text(call: Call) -> list[Thing]:
    text = call.text("WFText")
    return [made(call, (image, text), size_of(image), image.name, text=text) for image in images_of(call, "WFImage")]


def convert(call: Call) -> list[Thing]:
    form = call.choice("WFImageFormat", "JPEG")
    ending = _ENDINGS.get(form)
    converted = []
    for image in images_of(call):
        name = _renamed(image, ending) if ending else image.name
        kept = {key: image.get(key) for key in ("taken", "location") if call.boolean("WFImagePreserveMetadata", True)}
        kind = "pdf" if form == "PDF" else "image"
        pages = {"pages": Decimal(1)} if kind == "pdf" else {}
        converted.append(made(call, image, size_of(image), name, kind, **kept, **pages))
    return converted


def _renamed(image: Thing, ending: str) -> str:
    """The image's name with another ending."""
    return f"{image.name.rpartition('.')[0] or image.name or 'Image'}.{ending}"


# Several images, one image


def combine(call: Call) -> Thing | None:
    """Side by side, one below the other, or in a grid; `Grid` is what older clients store."""
    images = images_of(call)
    if not images:
        return None
    sizes = [size_of(image) for image in images]
    if len(set(sizes)) > 1:
        call.lean("combine-sizes")
    spacing = call.number("WFImageCombineSpacing", 0)
    mode = call.choice("WFImageCombineMode", "Horizontally")
    columns = {"Horizontally": len(images), "Vertically": 1}.get(mode, math.isqrt(len(images) - 1) + 1)
    return made(call, tuple(images), _tiled(sizes, columns, spacing), "Combined Image.png")


def _tiled(sizes: Sequence[Size], columns: int, spacing: Decimal) -> Size:
    """The frame around images in rows of so many, each row as high and each column as wide as its largest."""
    rows = [sizes[start : start + columns] for start in range(0, len(sizes), columns)]
    widths = [max(row[column][0] for row in rows if column < len(row)) for column in range(min(columns, len(sizes)))]
    heights = [max(height for _, height in row) for row in rows]
    return sum(widths) + spacing * (len(widths) - 1), sum(heights) + spacing * (len(heights) - 1)


def make_gif(call: Call) -> Thing | None:
    images = tuple(images_of(call))
    if not images:
        return None
    width, height = (dimension(call, f"WFMakeGIFActionManualSize{side}") for side in ("Width", "Height"))
    own = size_of(images[0])
    size = own if call.boolean("WFMakeGIFActionAutoSize", True) else (width or own[0], height or own[1])
    return made(call, images, size, "GIF.gif", frames=Decimal(len(images)))


def add_frame(call: Call) -> Thing | None:
    gif, frames = images_of(call, "WFInputGIF")[:1], images_of(call, "WFImage")
    if not gif:
        return None
    count = _frames(gif[0]) + len(frames)
    return made(call, (gif[0], *frames), size_of(gif[0]), gif[0].name, frames=Decimal(count))


def frames(call: Call) -> list[Thing]:
    """Each frame of an animated image; of a still one, itself."""
    split = []
    for image in images_of(call, "WFImage"):
        parts = [part for part in _parts(image.made_from) if type(part) is Thing]
        if image.get("frames") is not None and len(parts) == _frames(image):
            split += parts
        else:
            split += [made(call, image, size_of(image), f"Frame {n + 1}.png") for n in range(_frames(image))]
    return split


def _frames(image: Thing) -> int:
    count = image.get("frames")
    return min(int(count), MAX_FRAMES) if type(count) is Decimal and count >= 1 else 1


def _parts(origin: Any) -> tuple:
    return origin if type(origin) is tuple else (origin,)


# Codes and recognised text


def make_code(call: Call) -> list[Thing]:
    """A QR code for each text, 400 pixels a side."""
    fields = {"name": "QR Code.png", "width": Decimal(400), "height": Decimal(400)}
    return [Thing("image", fields, text) for text in call.texts("WFText")]


def scan_code(call: Call) -> Any:
    return from_outside(call, "text")


def recognised_text(call: Call) -> Any:
    """The world's `apps` hold what is recognised; text that this run has laid over an image is known."""
    known = [_written_on(image) for image in images_of(call, "WFImage")]
    return known if known and all(known) else from_outside(call, "text")


def _written_on(image: Thing) -> str | None:
    text = image.get("text")
    return text if isinstance(text, str) else None


# PDFs


def make_pdf(call: Call) -> Thing | None:
    """One page for each item; a PDF keeps its pages."""
    items = call.input.items
    if not items:
        return None
    pages = _chosen_pages(call, sum(_pages(item) for item in items))
    text = "\n".join(call.text_of(item) for item in items if not _is_picture(item))
    first = next((item.name for item in items if type(item) is Thing and item.name), "")
    name = f"{first.rpartition('.')[0] or first or 'PDF'}.pdf"
    origin = items if len(items) > 1 else items[0]
    return Thing("pdf", {"name": name, "pages": Decimal(pages), "text": text or None}, origin)


def _is_picture(item: Item) -> bool:
    return type(item) is Thing and item.type in ("image", "media")


def _pages(item: Item) -> int:
    count = item.get("pages") if type(item) is Thing else None
    return int(count) if type(count) is Decimal and 1 <= count <= MAX_FRAMES else 1


def _chosen_pages(call: Call, count: int) -> int:
    included = call.choice("WFPDFIncludedPages", "All Pages")
    if included == "Single Page":
        return 1
    if included == "Page Range":
        start, end = call.integer("WFPDFPageRangeStart", 1), call.integer("WFPDFPageRangeEnd", count)
        return max(min(end, count) - max(start, 1) + 1, 0)
    return count


def pdf_images(call: Call) -> list[Thing]:
    """An image for each page, of A4 at the chosen resolution (300 points an inch)."""
    resolution = call.number("WFMakeImageFromPDFPageResolution", 300)
    size = (resolution * Decimal("8.27"), resolution * Decimal("11.69"))
    return [
        made(call, page, size, f"{page.name.rpartition('.')[0] or 'Page'} {number}.png")
        for page in call.items("WFInput", "pdf")
        for number in range(1, _pages(page) + 1)
    ]


def split_pdf(call: Call) -> list[Thing]:
    return [
        Thing("pdf", {"name": f"Page {number}.pdf", "pages": Decimal(1)}, pdf)
        for pdf in call.items("WFInput", "pdf")
        for number in range(1, _pages(pdf) + 1)
    ]


# Sound and video


def encode_media(call: Call) -> list[Thing]:
    """Another size, speed or form; as sound alone it has no size."""
    audio, speed = call.boolean("WFMediaAudioOnly"), _speed(call)
    size = call.choice("WFMediaSize", "Passthrough")
    tags = {word.lower(): call.text(f"WFMetadata{word}") for word in ("Title", "Artist", "Album", "Genre", "Year")}
    encoded = []
    for media in call.items("WFMedia", "media"):
        fields = {**media.fields, **{key: tag for key, tag in tags.items() if tag}}
        ending = call.choice("WFMediaAudioFormat", "M4A").lower() if audio else "mov"
        fields["name"] = _renamed(media, ending)
        if type(media.get("duration")) is Decimal:
            fields["duration"] = media.get("duration") / speed
        if audio:
            fields |= {"width": None, "height": None, "kind": "audio"}
        elif "x" in size and size.split()[-1].replace("x", "").isdigit():
            fields["width"], fields["height"] = map(Decimal, size.split()[-1].split("x"))
        encoded.append(Thing("media", fields, media))
    return encoded


def _speed(call: Call) -> Decimal:
    speed = {"0.5X": Decimal("0.5"), "2X": Decimal(2)}.get(call.choice("WFMediaSpeed", "Normal"), Decimal(1))
    if call.choice("WFMediaSpeed", "Normal") == "Custom":
        speed = call.number("WFMediaCustomSpeed", 1)
    return speed if speed > 0 else Decimal(1)


def trim_media(call: Call) -> Any:
    """The person trims by hand: the same thing, said to be made of what was shown."""
    call.lean("trimmed-by-hand")
    return [Thing("media", dict(item.fields), item) for item in call.items("WFInputMedia", "media")]


def record(gives: str) -> Callable[[Call], Any]:
    """A camera, a microphone, a screen."""
    return lambda call: from_outside(call, gives)


def images_from_input(call: Call) -> list[Item]:
    """Get Images from Input: the images among items of any kind."""
    images = [coerce(item, "image", call.world) for item in call.input.items if type(item) is Thing]
    return [image for image in images if image is not None]


ACTIONS: dict[str, ActionRule] = {
    "image.resize": ActionRule(resize, input="WFImage", gives="image"),
    "image.crop": ActionRule(crop, input="WFInput", gives="image"),
    "image.rotate": ActionRule(rotate, input="WFImage", gives="image"),
    "image.flip": ActionRule(same_size("WFInput"), input="WFInput", gives="image"),
    "image.mask": ActionRule(mask, input="WFInput", gives="image"),
    "image.convert": ActionRule(convert, input="WFInput", gives="image"),
    "image.combine": ActionRule(combine, input="WFInput", gives="image"),
    "image.removebackground": ActionRule(same_size("WFInput"), input="WFInput", gives="image", grade="?"),
    "overlayimageonimage": ActionRule(overlay_image, input="WFInput", gives="image"),
    "overlaytext": ActionRule(overlay_text, input="WFImage", gives="image"),
    "generatebarcode": ActionRule(make_code, input="WFText", gives="image"),
    "scanbarcode": ActionRule(scan_code, gives="text"),
    "extracttextfromimage": ActionRule(recognised_text, input="WFImage", gives="text"),
    "makegif": ActionRule(make_gif, input="WFInput", gives="image"),
    "addframetogif": ActionRule(add_frame, input="WFInputGIF", gives="image"),
    "getframesfromimage": ActionRule(frames, input="WFImage", gives="image"),
    "makevideofromgif": ActionRule(record("media"), input="WFInputGIF", gives="media"),
    "makepdf": ActionRule(make_pdf, input="WFInput", gives="pdf"),
    "makeimagefrompdfpage": ActionRule(pdf_images, input="WFInput", gives="image"),
    "splitpdf": ActionRule(split_pdf, input="WFInput", gives="pdf"),
    "encodemedia": ActionRule(encode_media, input="WFMedia", gives="media"),
    "trimvideo": ActionRule(trim_media, input="WFInputMedia", gives="media"),
    "detect.images": ActionRule(images_from_input, input="WFInput", gives="image"),
    "takephoto": ActionRule(record("image"), gives="image"),
    "takevideo": ActionRule(record("media"), gives="media"),
    "takescreenshot": ActionRule(record("image"), gives="image"),
    "recordaudio": ActionRule(record("media"), gives="media"),
    "dictatetext": ActionRule(record("text"), gives="text"),
    "makespokenaudiofromtext": ActionRule(record("media"), input="WFInput", gives="media"),
    "shazamMedia": ActionRule(record("song"), gives="song"),
}
