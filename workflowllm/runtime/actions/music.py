"""Music and playback: playing, pausing, playlists, the current song."""

from collections.abc import Mapping
from typing import Any

from workflowllm.runtime.actions.outside import from_outside
from workflowllm.runtime.answering import Prompt, chosen
from workflowllm.runtime.call import Call
from workflowllm.runtime.items import Item, Thing
from workflowllm.runtime.properties import name_of
from workflowllm.runtime.rule import PASSES, ActionRule


def play(call: Call) -> None:
    """What plays is told by name: songs, or a playlist as the file stores its title."""
    shuffle = call.text("WFPlayMusicActionShuffle")
    is_shuffled = shuffle not in ("Off", "None") if shuffle else None
    call.effect("play", what=_what(call, "WFMediaItems"), shuffle=is_shuffled)


def _what(call: Call, key: str) -> Any:
    """A name, or a list of names; None for what is next."""
    raw = call.raw(key)
    if isinstance(raw, Mapping):
        for name in ("title", "name", "playlistName", "Name"):
            if isinstance(raw.get(name), str):
                return raw[name]
    names = [name_of(item, call.world) for item in call.value(key).items if not isinstance(item, Mapping)]
    return names[0] if len(names) == 1 else names or None


def play_or_pause(call: Call) -> None:
    """Play/Pause turns what is playing around; the world plays nothing at first."""
    wanted = call.choice("WFPlayPauseBehavior", "Play/Pause")
    playing = bool(call.world.settings.get("playing", False))
    starts = wanted == "Play" or (wanted == "Play/Pause" and not playing)
    call.world.settings["playing"] = starts
    call.effect("play" if starts else "pause", what=None)


def play_podcast(call: Call) -> None:
    call.effect("play", what=_what(call, "WFPodcastShow"))


def play_sound(call: Call) -> None:
    sound = call.first("WFInput")
    call.effect("play", what=name_of(sound, call.world) if sound is not None else "sound")


def device_change(call: Call) -> None:
    """Skipping, seeking, where the sound goes, what plays next."""
    call.effect("device", identifier=call.identifier, parameters=_shown(call))


def _shown(call: Call) -> dict[str, Any] | None:
    keys = [key for key in call.parameters if key.startswith("WF")]
    return {key: _route_name(call.raw(key)) or call.text(key) for key in keys} or None


def _route_name(raw: Any) -> str | None:
    """The name of a speaker as the picker stores it, beside identifiers that say nothing to a reader."""
    name = raw.get("routeName") if isinstance(raw, Mapping) else None
    return name if isinstance(name, str) else None


def current_song(call: Call) -> Item | None:
    """The world's current song; nothing where none plays."""
    song = call.world.description.music.current
    if call.choice("Subject", "Current Song") == "Current Playback Time":
        return from_outside(call, "quantity")
    return None if song is None else Thing("song", dict(call.item_of({"type": "song", **song}).fields))


def playlist_name(call: Call) -> str:
    raw = call.raw("WFPlaylistName")
    if isinstance(raw, Mapping) and isinstance(raw.get("title"), str):
        return raw["title"]
    return call.text("WFPlaylistName")


def get_playlist(call: Call) -> list[Thing]:
    name = playlist_name(call)
    if name not in call.world.playlists:
        call.lean("missing-playlist")
    return list(call.world.playlists.get(name, ()))


def add_to_playlist(call: Call) -> list[Thing]:
    return _added(call, playlist_name(call), [item for item in call.input.items if type(item) is Thing])


def create_playlist(call: Call) -> list[Thing]:
    items = [item for item in call.value("WFPlaylistItems").items if type(item) is Thing]
    call.world.playlists.setdefault(playlist_name(call), [])
    return _added(call, playlist_name(call), items)


def _added(call: Call, name: str, songs: list[Thing]) -> list[Thing]:
    playlist = call.world.playlists.setdefault(name, [])
    playlist.extend(songs)
    parameters = {"playlist": name, "songs": [name_of(song, call.world) for song in songs]}
    call.effect("device", identifier=call.identifier, parameters=parameters)
    return list(playlist)


def select_music(call: Call) -> list[Thing]:
    """The person picks songs by title, from all playlists."""
    songs = library(call)
    titles = tuple(name_of(song, call.world) for song in songs)
    prompt = Prompt("pick", ("Select Music",), "song", titles, call.boolean("WFExportSongActionSelectMultiple"))
    return [songs[index] for index in chosen(call.ask(prompt, items=list(titles)), prompt)]


def library(call: Call) -> list[Thing]:
    """Every song of the world once, in the order of the playlists."""
    songs: list[Thing] = []
    for playlist in call.world.playlists.values():
        songs += [song for song in playlist if song not in songs]
    return songs


ACTIONS: dict[str, ActionRule] = {
    "playmusic": ActionRule(play, input="WFMediaItems", flow=PASSES),
    "pausemusic": ActionRule(play_or_pause, flow=PASSES),
    "playpodcast": ActionRule(play_podcast, input="WFPodcastShow", flow=PASSES),
    "playsound": ActionRule(play_sound, input="WFInput", flow=PASSES),
    "getcurrentsong": ActionRule(current_song, gives="song"),
    "get.playlist": ActionRule(get_playlist, gives="song"),
    "addtoplaylist": ActionRule(add_to_playlist, input="WFInput", gives="song"),
    "createplaylist": ActionRule(create_playlist, input="WFPlaylistItems", gives="song"),
    "exportsong": ActionRule(select_music, gives="song"),
    **{
        name: ActionRule(device_change, flow=PASSES)
        for name in (
            "skipforward", "skipback", "seek", "clearupnext", "addmusictoupnext", "setplaybackdestination",
            "podcasts.subscribe",
        )
    },
}  # fmt: skip
