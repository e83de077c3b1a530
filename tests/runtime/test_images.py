"""Images as things: sizes, names and origins, without a pixel."""

import pytest
from worlds import effects_of, error_of, outcome_of, shown

PHOTO = {"type": "image", "name": "IMG_1.HEIC", "width": 4000, "height": 3000}
WIDE = {"type": "image", "name": "wide.png", "width": 600, "height": 200}
TALL = {"type": "image", "name": "tall.png", "width": 200, "height": 600}


def size(thing):
    return thing["width"], thing["height"]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("", (640, 480)),  # the width that Shortcuts fills in, and the height that follows
        ("WFImageResizeWidth=1000", (1000, 750)),
        ('WFImageResizeWidth="", WFImageResizeHeight=300', (400, 300)),
        ("WFImageResizeWidth=100, WFImageResizeHeight=100", (100, 100)),
        ('WFImageResizeKey="Percentage", WFImageResizePercentage=50', (2000, 1500)),
        ('WFImageResizeKey="Longest Edge", WFImageResizeLength=1000', (1000, 750)),
        ('WFImageResizeWidth=f"{2 * 3}"', (6, 4)),
    ],
)
def test_resizing_keeps_the_shape_unless_both_sides_are_set(arguments, wanted):
    code = f"result = is_workflow_actions_image_resize(WFImage=shortcut_input(), {arguments})"
    image = shown(code, input=PHOTO)
    assert size(image) == wanted
    assert image["from"]["name"] == "IMG_1.HEIC"


def test_an_image_of_a_million_pixels_a_side_breaks_the_run_instead_of_the_machine():
    code = "result = is_workflow_actions_image_resize(WFImage=shortcut_input(), WFImageResizeWidth=1000000)"
    assert "1000000 pixels" in error_of(code, input=PHOTO)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("", (100, 100)),
        ("WFImageCropWidth=5000, WFImageCropHeight=10", (4000, 10)),
        ('WFImageCropPosition="Custom", WFImageCropX=3900, WFImageCropY=0, WFImageCropWidth=500', (100, 100)),
        ('WFImageCropPosition="Custom", WFImageCropX=9999, WFImageCropY=0', (1, 100)),
    ],
)
def test_what_is_cropped_lies_inside_the_image(arguments, wanted):
    assert (
        size(shown(f"result = is_workflow_actions_image_crop(WFInput=shortcut_input(), {arguments})", input=PHOTO))
        == wanted
    )


@pytest.mark.parametrize(
    ("mode", "spacing", "wanted"),
    [
        ("Horizontally", 0, (800, 600)),
        ("Vertically", 10, (600, 810)),
        ("In a Grid", 10, (810, 600)),
        ("Grid", 0, (800, 600)),
    ],
)
def test_combined_images_stand_side_by_side_below_or_in_a_grid(mode, spacing, wanted):
    code = (
        "result = is_workflow_actions_image_combine(WFInput=shortcut_input(), "
        f'WFImageCombineMode="{mode}", WFImageCombineSpacing={spacing})'
    )
    image = shown(code, input=[WIDE, TALL])
    assert size(image) == wanted
    assert [part["name"] for part in image["from"]] == ["wide.png", "tall.png"]


def test_five_images_in_a_grid_make_three_columns_and_two_rows():
    code = 'result = is_workflow_actions_image_combine(WFInput=shortcut_input(), WFImageCombineMode="In a Grid")'
    assert size(shown(code, input=[WIDE] * 5)) == (1800, 400)


def test_quarter_turns_swap_the_sides_and_others_take_the_frame_around():
    turned = "result = is_workflow_actions_image_rotate(WFImage=shortcut_input(), WFImageRotateAmount={})"
    assert size(shown(turned.format(90), input=WIDE)) == (200, 600)
    assert size(shown(turned.format(-180), input=WIDE)) == (600, 200)
    assert size(shown(turned.format(45), input=WIDE)) == (566, 566)


def test_converting_renames_and_keeps_the_date_only_with_the_metadata():
    dated = {**PHOTO, "taken": "2026-01-02T03:04:05+01:00"}
    code = 'result = is_workflow_actions_image_convert(WFInput=shortcut_input(), WFImageFormat="PNG"{})'
    kept, dropped = (
        shown(code.format(""), input=dated),
        shown(code.format(", WFImagePreserveMetadata=False"), input=dated),
    )
    assert kept["name"] == dropped["name"] == "IMG_1.png"
    assert kept["taken"].startswith("2026-01-02") and "taken" not in dropped


def test_an_icon_is_square_and_text_over_an_image_can_be_recognised():
    code = """
icon = is_workflow_actions_image_mask(WFInput=shortcut_input(), WFMaskType="Icon")
written = is_workflow_actions_overlaytext(WFImage=icon, WFText="Ada 👋")
result = is_workflow_actions_extracttextfromimage(WFImage=written)
"""
    assert shown(code, input=WIDE) == "Ada 👋"
    assert size(
        shown('result = is_workflow_actions_image_mask(WFInput=shortcut_input(), WFMaskType="Icon")', input=WIDE)
    ) == (200, 200)


def test_recognised_text_is_the_worlds_or_says_that_it_is_made_up():
    code = "result = is_workflow_actions_extracttextfromimage(WFImage=shortcut_input())"
    gives = {"is.workflow.actions.extracttextfromimage": [{"gives": "Invoice 7"}]}
    assert shown(code, input=PHOTO, apps=gives) == "Invoice 7"
    assert effects_of(code, input=PHOTO)[-1]["made_up"] is True


def test_a_qr_code_comes_from_its_text():
    assert (
        shown('result = is_workflow_actions_generatebarcode(WFText="https://example.com")')["from"]
        == "https://example.com"
    )


def test_frames_come_back_out_of_a_gif():
    code = """
gif = is_workflow_actions_makegif(WFInput=shortcut_input())
result = is_workflow_actions_getframesfromimage(WFImage=gif)
"""
    assert [frame["name"] for frame in shown(code, input=[WIDE, TALL])] == ["wide.png", "tall.png"]
    still = "result = is_workflow_actions_getframesfromimage(WFImage=shortcut_input())"
    assert shown(still, input=WIDE)["from"]["name"] == "wide.png"


def test_a_pdf_has_a_page_for_each_item_and_splits_into_them():
    code = """
pdf = is_workflow_actions_makepdf(WFInput=shortcut_input())
result = is_workflow_actions_splitpdf(WFInput=pdf)
"""
    assert len(shown(code, input=[WIDE, TALL, "a text"])) == 3
    ranged = """
pdf = is_workflow_actions_makepdf(
    WFInput=shortcut_input(), WFPDFIncludedPages="Page Range", WFPDFPageRangeStart=2, WFPDFPageRangeEnd=9
)
result = pdf
"""
    assert shown(ranged, input=[WIDE, TALL, "a text"])["pages"] == 2


def test_without_an_image_nothing_comes_out_and_the_run_says_what_it_leant_on():
    outcome = outcome_of("x = is_workflow_actions_image_resize(WFImage=shortcut_input())", input=7)
    assert outcome.how == "ok" and "no-image" in outcome.unsettled


def test_faster_media_is_shorter_and_sound_alone_has_no_size():
    film = {"type": "media", "name": "film.mov", "duration": 60, "width": 1920, "height": 1080}
    code = (
        'result = is_workflow_actions_encodemedia(WFMedia=shortcut_input(), WFMediaSpeed="2X", WFMediaAudioOnly=True)'
    )
    sound = shown(code, input=film)
    assert sound["duration"] == 30 and sound["name"] == "film.m4a" and "width" not in sound
