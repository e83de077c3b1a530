"""The photo library and music: what is saved, picked, found, played."""

import pytest
from worlds import effects_of, error_of, outcome_of, shown

PHOTOS = [
    {"name": "beach.jpg", "taken": "2026-03-01T10:00:00+01:00", "album": "Summer"},
    {"name": "screen.png", "taken": "2026-03-12T10:00:00+01:00", "screenshot": True},
    {"name": "cat.jpg", "taken": "2026-03-10T10:00:00+01:00"},
    {"name": "film.mov", "taken": "2026-03-13T10:00:00+01:00", "kind": "video"},
]
SONGS = {
    "Focus": [{"title": "Rain", "artist": "A"}, {"title": "Sea", "artist": "B"}],
    "Gym": [{"title": "Sea", "artist": "B"}],
}


def names(value):
    return [thing["name"] for thing in (value if isinstance(value, list) else [value])]


def test_saving_puts_a_photo_into_the_library_and_the_album():
    code = """
saved = is_workflow_actions_savetocameraroll(WFInput=shortcut_input(), WFCameraRollSelectedGroup="Cats")
result = is_workflow_actions_getlastphoto()
"""
    effects = effects_of(code, input={"type": "image", "name": "new.png", "width": 5, "height": 6}, photos=PHOTOS)
    assert effects[0]["kind"] == "photo" and effects[0]["change"] == "save" and effects[0]["album"] == "Cats"
    assert names(shown(code, input={"type": "image", "name": "new.png"}, photos=PHOTOS)) == ["new.png"]


def test_the_latest_photos_are_the_newest_with_or_without_screenshots():
    latest = "result = is_workflow_actions_getlastphoto(WFGetLatestPhotoCount=2{})"
    assert names(shown(latest.format(""), photos=PHOTOS)) == ["screen.png", "cat.jpg"]
    without = latest.format(", WFGetLatestPhotosActionIncludeScreenshots=False")
    assert names(shown(without, photos=PHOTOS)) == ["cat.jpg", "beach.jpg"]
    assert names(shown("result = is_workflow_actions_getlastscreenshot()", photos=PHOTOS)) == ["screen.png"]
    assert names(shown("result = is_workflow_actions_getlastvideo()", photos=PHOTOS)) == ["film.mov"]
    assert shown("result = is_workflow_actions_getlastphoto()", photos=[]) is None


def test_photos_are_picked_in_the_order_of_picking():
    many = "result = is_workflow_actions_selectphoto(WFSelectMultiplePhotos=True)"
    assert names(shown(many, photos=PHOTOS, answers=[["cat.jpg", "beach.jpg"]])) == ["cat.jpg", "beach.jpg"]
    single = "result = is_workflow_actions_selectphoto()"
    assert "takes one photo" in error_of(single, photos=PHOTOS, answers=[["cat.jpg", "beach.jpg"]])
    assert outcome_of(single, photos=PHOTOS, answers=[{"cancel": True}]).how == "cancelled"
    assert "none of the choices" in error_of(single, photos=PHOTOS, answers=["dog.jpg"])


@pytest.mark.parametrize("key", ["photos", "WFInputPhotos"])
def test_deleting_takes_photos_out_of_the_library(key):
    code = f"""
found = is_workflow_actions_getlastscreenshot()
is_workflow_actions_deletephotos({key}=found)
result = is_workflow_actions_getlastscreenshot()
"""
    effects = effects_of(code, photos=PHOTOS)
    assert [(effect["kind"], effect.get("change")) for effect in effects] == [("photo", "delete")]
    assert shown(code, photos=PHOTOS) is None


def test_find_photos_filters_sorts_and_limits():
    code = """
result = is_workflow_actions_filter_photos(WFContentItemFilter=all_of(where("Is a Screenshot", "==", Bool=False)),
    WFContentItemSortProperty="Date Taken", WFContentItemSortOrder="Latest First",
    WFContentItemLimitEnabled=True, WFContentItemLimitNumber=1)
"""
    assert names(shown(code, photos=PHOTOS[:3])) == ["cat.jpg"]


def test_details_of_images_are_numbers_and_dates():
    code = (
        'result = is_workflow_actions_properties_images(WFInput=shortcut_input(), WFContentItemPropertyName="Height")'
    )
    assert shown(code, input={"type": "image", "name": "a.png", "width": 5, "height": 6}) == 6


def test_playing_tells_what_and_whether_it_is_shuffled():
    code = """
songs = is_workflow_actions_get_playlist(WFPlaylistName="Focus")
is_workflow_actions_playmusic(WFMediaItems=songs, WFPlayMusicActionShuffle="Songs")
is_workflow_actions_pausemusic(WFPlayPauseBehavior="Pause")
"""
    effects = effects_of(code, music={"playlists": SONGS})
    assert effects == [
        {"kind": "play", "what": ["Rain", "Sea"], "shuffle": True},
        {"kind": "pause"},
    ]


def test_play_pause_turns_what_is_playing_around():
    code = "is_workflow_actions_pausemusic()\nis_workflow_actions_pausemusic()"
    assert [effect["kind"] for effect in effects_of(code)] == ["play", "pause"]


def test_music_is_found_once_though_it_is_in_two_playlists():
    code = """
songs = is_workflow_actions_filter_music()
result = is_workflow_actions_count(Input=songs, WFCountType="Items")
"""
    assert shown(code, music={"playlists": SONGS}) == 2


def test_nothing_plays_in_a_world_without_a_current_song():
    code = "result = is_workflow_actions_getcurrentsong()"
    assert shown(code) is None
    assert shown(code, music={"current": {"title": "Rain", "artist": "A"}})["artist"] == "A"


def test_a_speaker_is_told_by_its_name():
    route = {"isLocalDevice": False, "routeName": "Kitchen", "routeUID": "34:DF:2A:58:B4:02"}
    (effect,) = effects_of(f"is_workflow_actions_setplaybackdestination(WFMediaRoute={route})")
    assert effect["kind"] == "device" and effect["parameters"] == {"WFMediaRoute": "Kitchen"}
    (effect,) = effects_of('is_workflow_actions_setplaybackdestination(WFMediaRoute="Kitchen")')
    assert effect["parameters"] == {"WFMediaRoute": "Kitchen"}
