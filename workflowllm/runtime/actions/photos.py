"""The photo library: saving, picking, the latest ones, albums, deleting."""

from collections.abc import Callable, Sequence

from workflowllm.runtime.answering import Prompt, chosen
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce
from workflowllm.runtime.items import Date, Item, Thing
from workflowllm.runtime.rule import ActionRule

_WHOLE_LIBRARY = ("", "Recents", "All Photos", "Camera Roll", "Recently Added")
_KINDS = {"Images": ("image", "photo"), "Live Photos": ("live_photo", "live photo"), "Videos": ("video", "media")}


def save(call: Call) -> list[Thing]:
    """Saves each photo or video to the library, and into an album where one is named."""
    album = call.text("WFCameraRollSelectedGroup")
    return [_saved(call, item, None if album in _WHOLE_LIBRARY else album) for item in _media(call.input.items, call)]


def _media(items: Sequence[Item], call: Call) -> list[Thing]:
    """The photos and videos among items; a video stays one, anything else becomes an image where it can."""
    changed = (
        item if type(item) is Thing and item.type in ("image", "media") else coerce(item, "image", call.world)
        for item in items
    )
    return [item for item in changed if type(item) is Thing]


def _saved(call: Call, item: Thing, album: str | None) -> Thing:
    photo = item.changed(taken=item.get("taken") or Date(call.world.now()), album=album)
    call.world.photos.append(photo)
    call.effect("photo", change="save", album=album, item=item)
    return photo


def select(call: Call) -> list[Thing]:
    """The person picks photos by their names, in the order of picking."""
    wanted = _wanted_kinds(call)
    photos = [photo for photo in call.world.photos if wanted is None or str(photo.get("kind")) in wanted]
    names = tuple(photo.name for photo in photos)
    many = call.boolean("WFSelectMultiplePhotos")
    prompt = Prompt("pick", ("Select Photos",), "image", names, many)
    indexes = chosen(call.ask(prompt, items=list(names)), prompt)
    if len(indexes) > 1 and not many:
        call.fail("Select Photos takes one photo, and several are answered; Select Multiple is off")
    return [photos[index] for index in indexes]


def _wanted_kinds(call: Call) -> frozenset[str] | None:
    """The kinds that the picker shows; None for all."""
    if not call.has("WFPhotoPickerTypes"):
        return None
    return frozenset(kind for word in call.texts("WFPhotoPickerTypes") for kind in _KINDS.get(word, (word.lower(),)))


def latest(fits: Callable[[Thing, Call], bool]) -> Callable[[Call], list[Thing]]:
    """The newest photos of a sort, newest first."""

    def run(call: Call) -> list[Thing]:
        photos = [photo for photo in call.world.photos if fits(photo, call)]
        # Of equal dates the later entry is the newer photo.
        newest = sorted(enumerate(photos), key=lambda entry: (_taken(entry[1]), entry[0]), reverse=True)
        return [photo for _, photo in newest[: max(call.integer("WFGetLatestPhotoCount", 1), 0)]]

    return run


def _taken(photo: Thing) -> float:
    taken = photo.get("taken")
    return taken.moment.timestamp() if type(taken) is Date else float("-inf")


def _is_photo(photo: Thing, call: Call) -> bool:
    if photo.type != "image":
        return False
    return call.boolean("WFGetLatestPhotosActionIncludeScreenshots", True) or not photo.get("screenshot")


def _is_live(photo: Thing, call: Call) -> bool:
    return photo.get("kind") in _KINDS["Live Photos"]


def delete(call: Call) -> None:
    key = "WFInputPhotos" if call.has("WFInputPhotos") else "photos"
    for photo in call.items(key):
        if type(photo) is Thing and photo in call.world.photos:
            call.world.photos.remove(photo)
            call.effect("photo", change="delete", item=photo)


def create_album(call: Call) -> list[Thing]:
    name = call.text("AlbumName")
    saved = [_saved(call, item, name) for item in _media(call.input.items, call)]
    if not saved:
        call.effect("photo", change="album", album=name)
    return saved


def remove_from_album(call: Call) -> list[Thing]:
    album, changed = call.text("WFRemoveAlbumSelectedGroup"), []
    for photo in call.input.items:
        if type(photo) is Thing and photo in call.world.photos and photo.get("album") == album:
            index = call.world.photos.index(photo)
            call.world.photos[index] = photo.changed(album=None)
            call.effect("photo", change="album", album=None, item=photo)
            changed.append(call.world.photos[index])
    return changed


ACTIONS: dict[str, ActionRule] = {
    "savetocameraroll": ActionRule(save, input="WFInput", gives="image"),
    "selectphoto": ActionRule(select, gives="image"),
    "getlastphoto": ActionRule(latest(_is_photo), gives="image"),
    "getlastscreenshot": ActionRule(latest(lambda photo, call: photo.get("screenshot") is True), gives="image"),
    "getlastvideo": ActionRule(latest(lambda photo, call: photo.type == "media"), gives="media"),
    "getlatestlivephotos": ActionRule(latest(_is_live), gives="image"),
    "getlatestbursts": ActionRule(latest(lambda photo, call: photo.get("kind") == "burst"), gives="image"),
    "getlatestphotoimport": ActionRule(latest(lambda photo, call: bool(photo.get("imported"))), gives="image"),
    "deletephotos": ActionRule(delete, input="photos", gives="", flow="none"),
    "photos.createalbum": ActionRule(create_album, input="WFInput", gives="image"),
    "removefromalbum": ActionRule(remove_from_album, input="WFInput", gives="image"),
}
