"""The drawn twins: the same from a seed everywhere, balanced, and true to what they say about themselves."""

import hashlib
import itertools
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cnnkit.datasets import drawn
from cnnkit.datasets.drawn.canvas import IN_FRONT, OBJECT, Canvas, Pen, ellipse, ellipses
from cnnkit.datasets.drawn.chance import Chance
from cnnkit.datasets.drawn.ground import Land

CALLS = {"cats_vs_dogs": drawn.cats_vs_dogs, "aerial": drawn.aerial}


@pytest.fixture(params=sorted(CALLS))
def draw(request):
    return CALLS[request.param]


@pytest.fixture(scope="module")
def animals():
    return drawn.cats_vs_dogs(160, image_size=(60, 68), seed=3, masks=True)


@pytest.fixture(scope="module")
def lands():
    return drawn.aerial(84, image_size=(64, 64), seed=3, masks=True)


# The same everywhere


def test_same_seed_same_bytes(draw):
    first, second = draw(5, (48, 64), 7), draw(5, (48, 64), 7)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    assert first[2].keys() == second[2].keys()
    for name in first[2]:
        np.testing.assert_array_equal(first[2][name], second[2][name])


def test_another_seed_draws_other_pictures(draw):
    assert (draw(2, (48, 48), 1)[0] != draw(2, (48, 48), 2)[0]).mean() > 0.5


def test_a_picture_does_not_depend_on_count_or_first(draw):
    images, labels, factors = draw(6, (40, 40), 1)
    some, some_labels, some_factors = draw(3, (40, 40), 1, first=2)
    np.testing.assert_array_equal(some, images[2:5])
    np.testing.assert_array_equal(some_labels, labels[2:5])
    for name in factors:
        np.testing.assert_array_equal(some_factors[name], factors[name][2:5])


def test_processes_change_nothing(draw):
    alone, shared = draw(7, (40, 40), 1, workers=1), draw(7, (40, 40), 1, workers=3, masks=True)
    np.testing.assert_array_equal(alone[0], shared[0])
    np.testing.assert_array_equal(alone[1], shared[1])
    for name in alone[2]:
        np.testing.assert_array_equal(alone[2][name], shared[2][name])
    assert shared[2]["mask"].shape == (7, 40, 40)


def test_where_no_process_can_start_it_draws_alone(draw, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    np.testing.assert_array_equal(draw(4, (40, 40), 1, workers=2)[0], draw(4, (40, 40), 1)[0])


def test_a_process_that_fails_is_replaced(monkeypatch):
    from cnnkit.datasets.drawn import series

    monkeypatch.setattr(series, "__name__", "no_such_module")
    images = drawn.cats_vs_dogs(4, (40, 40), 1, workers=2)[0]
    np.testing.assert_array_equal(images, drawn.cats_vs_dogs(4, (40, 40), 1)[0])


def test_the_stream_of_chance_is_the_published_one():
    """PCG64 seeded through SeedSequence, read as 53-bit fractions: what NumPy promises never to change."""
    bits = np.random.PCG64(np.random.SeedSequence((1, 2, 3))).random_raw(70)
    chance = Chance(1, 2, 3)
    expected = [(int(word) >> 11) / 2**53 for word in bits]
    assert [chance.random() for _ in range(70)] == expected


def test_chance_keeps_to_its_ranges():
    chance = Chance(0)
    assert {chance.integer(2, 4) for _ in range(200)} == {2, 3, 4}
    assert sorted(chance.order(9)) == list(range(9))
    counts = [sum(chance.choose("ab", (0.9, 0.1)) == "a" for _ in range(2000))]
    assert 1700 < counts[0] < 1900
    assert chance.bytes(3, 5).shape == (3, 5)
    assert 120 < chance.bytes(10000).mean() < 135


def test_drawing_loads_neither_tensorflow_nor_matplotlib():
    code = (
        "import sys; from cnnkit.datasets import drawn; "
        "drawn.aerial(1, (32, 32)); drawn.cats_vs_dogs(1, (32, 32)); "
        "print(sorted({'tensorflow', 'keras', 'matplotlib', 'sklearn', 'skimage'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Shapes, types, ranges


def test_shapes_and_types(draw):
    images, labels, factors = draw(6, (40, 56), 2, masks=True)
    assert images.shape == (6, 40, 56, 3)
    assert images.dtype == np.uint8
    assert labels.shape == (6,)
    assert labels.dtype == np.int64
    assert factors["mask"].shape == (6, 40, 56)
    assert factors["mask"].dtype == bool
    assert factors["box"].shape == (6, 4)
    assert all(len(values) == 6 for values in factors.values())
    assert "mask" not in draw(1, (40, 40))[2]
    assert images.std() > 20


def test_no_picture_at_all(draw):
    images, labels, factors = draw(0, (40, 56), 2, masks=True)
    assert images.shape == (0, 40, 56, 3)
    assert len(labels) == 0
    assert factors["mask"].shape == (0, 40, 56)
    assert factors["x"].shape == (0,)


def test_default_sizes():
    assert drawn.cats_vs_dogs(1)[0].shape == (1, 150, 150, 3)
    assert drawn.aerial(1)[0].shape == (1, 128, 128, 3)


@pytest.mark.parametrize("size", [(32, 32), (33, 97), (201, 64)])
def test_odd_sizes(draw, size):
    images, _, factors = draw(3, size, 1, masks=True)
    assert images.shape == (3, *size, 3)
    assert factors["mask"].any(axis=(1, 2)).all()


def test_classes_are_balanced():
    labels = drawn.cats_vs_dogs(60, (32, 32), 4)[1]
    assert (labels.reshape(-1, 2).sum(axis=1) == 1).all()
    assert 0 < labels[::2].sum() < 30, "each pair has its own order"
    labels = drawn.aerial(42, (32, 32), 4)[1]
    for block in (labels[:21], labels[21:]):
        assert sorted(block) == list(range(21))
    assert (labels[:21] != labels[21:]).any()


# Factors agree with pixels


@pytest.mark.parametrize("pictures", ["animals", "lands"])
def test_box_is_the_box_of_the_mask(pictures, request):
    factors = request.getfixturevalue(pictures)[2]
    for mask, box, area in zip(factors["mask"], factors["box"], factors["area"], strict=True):
        down, across = np.nonzero(mask)
        assert box.tolist() == [across.min(), down.min(), across.max() + 1, down.max() + 1]
        assert area == mask.sum()


def test_the_head_is_where_the_factors_say(animals):
    _, _, factors = animals
    height, width = factors["mask"].shape[1:]
    free = factors["occluder"] == "none"
    x, y = factors["x"].astype(int), factors["y"].astype(int)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height) & free
    assert inside.sum() > 50
    assert factors["mask"][inside, y[inside], x[inside]].all()
    bx, by = factors["body_x"].astype(int), factors["body_y"].astype(int)
    inside = (bx >= 0) & (bx < width) & (by >= 0) & (by < height) & free
    assert factors["mask"][inside, by[inside], bx[inside]].mean() > 0.97


def test_moving_the_animal_moves_the_mask():
    still = {"angle": 0.0, "pose": "sitting", "occluder": "none", "scale": 14.0, "y": 40.0, "flip": False}
    here = drawn.cats_vs_dogs(4, (96, 96), 0, fixed={**still, "x": 40.0}, masks=True)[2]
    there = drawn.cats_vs_dogs(4, (96, 96), 0, fixed={**still, "x": 50.0}, masks=True)[2]
    np.testing.assert_array_equal(there["mask"][:, :, 10:], here["mask"][:, :, :-10])
    np.testing.assert_array_equal(there["x"], here["x"] + 10)


def test_a_larger_scale_is_a_larger_animal():
    still = {"pose": "sitting", "occluder": "none", "x": 64.0, "y": 44.0}
    small = drawn.cats_vs_dogs(6, (128, 128), 0, fixed={**still, "scale": 10.0})[2]["area"]
    large = drawn.cats_vs_dogs(6, (128, 128), 0, fixed={**still, "scale": 20.0})[2]["area"]
    np.testing.assert_allclose(large / small, 4, rtol=0.12)


def test_occlusion_is_what_the_thing_in_front_hides():
    free = drawn.cats_vs_dogs(12, (96, 96), 5, fixed={"occluder": "none"}, masks=True)[2]
    hidden = drawn.cats_vs_dogs(12, (96, 96), 5, fixed={"occluder": "plant"}, masks=True)[2]
    assert (free["occlusion"] == 0).all()
    lost = 1 - hidden["area"] / free["area"]
    np.testing.assert_allclose(hidden["occlusion"], lost, atol=0.02)
    assert not (hidden["mask"] & ~free["mask"]).any()
    assert hidden["occlusion"].max() < 0.8


def test_one_fixed_factor_leaves_the_rest():
    plain, _, before = drawn.cats_vs_dogs(6, (64, 64), 9, masks=True)
    snow, _, after = drawn.cats_vs_dogs(
        6, (64, 64), 9, fixed={"background": "snow", "noise": 0.0}, masks=True
    )
    np.testing.assert_array_equal(before["mask"], after["mask"])
    for name in before.keys() - {"background", "noise"}:
        np.testing.assert_array_equal(before[name], after[name])
    assert set(after["background"]) == {"snow"}
    inside = np.abs(plain.astype(int) - snow)[before["mask"]].mean()
    outside = np.abs(plain.astype(int) - snow)[~before["mask"]].mean()
    assert inside < 12 < 25 < outside


def test_the_same_scene_as_a_cat_and_as_a_dog():
    cats, zeros, as_cat = drawn.cats_vs_dogs(8, (64, 64), 2, fixed={"label": 0})
    dogs, ones, as_dog = drawn.cats_vs_dogs(8, (64, 64), 2, fixed={"label": 1})
    assert set(zeros) == {0}
    assert set(ones) == {1}
    for name in ("x", "y", "scale", "pose", "background", "fur", "pattern", "occluder", "noise"):
        np.testing.assert_array_equal(as_cat[name], as_dog[name])
    assert ((cats != dogs).mean(axis=(1, 2, 3)) > 0.02).all()


def test_factors_stay_in_their_ranges(animals):
    factors = animals[2]
    for name in ("pose", "background", "occluder", "fur", "pattern", "ears", "tail"):
        assert set(factors[name]) <= set(drawn.factor_values(name))
    assert set(factors["background"]) == set(drawn.factor_values("background"))
    assert (np.abs(factors["yaw"]) <= 1).all()
    assert ((factors["occlusion"] >= 0) & (factors["occlusion"] <= 1)).all()
    assert factors["flip"].dtype == bool


def test_what_one_sees_of_the_animal_is_enough(animals):
    share = animals[2]["area"] / (60 * 68)
    assert share.min() > 0.02
    assert 0.15 < np.median(share) < 0.5


# Only shape tells cats from dogs


@pytest.fixture(scope="module")
def many():
    return drawn.cats_vs_dogs(500, (40, 40), 11, masks=True)


def test_colours_are_alike_in_both_classes(many):
    images, labels, factors = many
    means = images.reshape(len(images), -1, 3).mean(axis=1)
    difference = means[labels == 0].mean(axis=0) - means[labels == 1].mean(axis=0)
    standard_error = means.std(axis=0) * np.sqrt(4 / len(images))
    assert (np.abs(difference) < 3.5 * standard_error).all()
    for name in ("pose", "background", "occluder", "fur", "pattern", "flip"):
        for value in np.unique(factors[name]):
            p, q = ((factors[name][labels == k] == value).mean() for k in (0, 1))
            assert abs(p - q) < 4 * np.sqrt(0.25 * 2 / 250)


def test_position_and_size_are_alike_in_both_classes(many):
    _, labels, factors = many
    # Not the top of the box: a cat's ears stand higher, and that is shape.
    for name in ("x", "y", "body_x", "body_y", "scale"):
        values = factors[name]
        difference = values[labels == 0].mean() - values[labels == 1].mean()
        assert abs(difference) < 4 * values.std() * np.sqrt(4 / len(values))
    areas = [np.median(factors["area"][labels == k]) for k in (0, 1)]
    assert 0.85 < areas[0] / areas[1] < 1.15


def test_mean_images_are_alike(animals):
    _, labels, factors = animals
    cats, dogs = (factors["mask"][labels == k].mean(axis=0) for k in (0, 1))
    # Of 80 masks each, a pixel's share differs by chance with a standard deviation of at most 0.08.
    assert np.abs(cats - dogs).mean() < 0.1


# The shortcut


def test_an_open_shortcut_ties_the_background_to_the_class():
    _, labels, factors = drawn.cats_vs_dogs(60, (32, 32), 1, shortcut=1.0)
    indoors = np.isin(factors["background"], ["sofa", "rug", "kitchen", "wallpaper"])
    np.testing.assert_array_equal(indoors, labels == 0)
    _, labels, factors = drawn.cats_vs_dogs(60, (32, 32), 1, shortcut=-1.0)
    indoors = np.isin(factors["background"], ["sofa", "rug", "kitchen", "wallpaper"])
    np.testing.assert_array_equal(indoors, labels == 1)


def test_half_a_shortcut():
    _, labels, factors = drawn.cats_vs_dogs(300, (32, 32), 1, shortcut=0.5)
    indoors = np.isin(factors["background"], ["sofa", "rug", "kitchen", "wallpaper"])
    assert 0.67 < (indoors == (labels == 0)).mean() < 0.83  # one half, and half of the other


def test_the_shortcut_leaves_the_animal_alone():
    free = drawn.cats_vs_dogs(6, (48, 48), 1, masks=True)[2]
    tied = drawn.cats_vs_dogs(6, (48, 48), 1, shortcut=1.0, masks=True)[2]
    for name in ("mask", "x", "y", "scale", "fur", "pose"):
        np.testing.assert_array_equal(free[name], tied[name])


# Land


def test_all_21_classes_are_drawn_and_differ():
    assert len(drawn.AERIAL_CLASSES) == 21
    still = {"season": "summer", "angle": 0.0, "flip": False, "light": 45.0, "noise": 0.0}
    pictures = {
        name: drawn.aerial(1, (64, 64), 0, classes=[name], fixed=still)[0][0].astype(int)
        for name in drawn.AERIAL_CLASSES
    }
    assert len({hashlib.sha256(p.tobytes()).digest() for p in pictures.values()}) == 21
    for a, b in itertools.combinations(pictures, 2):
        assert np.abs(pictures[a] - pictures[b]).mean() > 12, (a, b)


def test_class_names_are_those_of_the_real_set():
    assert (
        *(
            "agricultural",
            "airplane",
            "baseballdiamond",
            "beach",
            "buildings",
            "chaparral",
            "denseresidential",
        ),
        *("forest", "freeway", "golfcourse", "harbor", "intersection", "mediumresidential", "mobilehomepark"),
        *("overpass", "parkinglot", "river", "runway", "sparseresidential", "storagetanks", "tenniscourt"),
    ) == drawn.AERIAL_CLASSES
    assert drawn.CAT_DOG_CLASSES == ("cat", "dog")


def test_names_and_labels_agree(lands):
    _, labels, factors = lands
    assert [drawn.AERIAL_CLASSES[k] for k in labels] == factors["name"].tolist()


def test_chosen_classes_count_in_their_own_list():
    _, labels, factors = drawn.aerial(6, (40, 40), 0, classes=["river", "beach"])
    assert [("river", "beach")[k] for k in labels] == factors["name"].tolist()
    assert labels.sum() == 3


def test_every_class_shows_what_names_it(lands):
    _, labels, factors = lands
    share = factors["mask"].mean(axis=(1, 2))
    for label, name in enumerate(drawn.AERIAL_CLASSES):
        assert share[labels == label].min() > 0.01, name


def test_more_houses_in_denser_places():
    roofs = [
        drawn.aerial(8, (64, 64), 0, classes=[f"{kind}residential"])[2]["area"].mean()
        for kind in ("dense", "medium", "sparse")
    ]
    assert 1.5 * roofs[1] < roofs[0]
    assert 1.5 * roofs[2] < roofs[1]


def test_turning_the_scene_turns_the_mask():
    still = {"x": 48.0, "y": 48.0, "scale": 0.96, "flip": False}
    upright = drawn.aerial(1, (96, 96), 3, classes=["river"], fixed={**still, "angle": 0.0}, masks=True)[2]
    quarter = drawn.aerial(1, (96, 96), 3, classes=["river"], fixed={**still, "angle": 90.0}, masks=True)[2]
    turned = np.rot90(upright["mask"][0], -1)  # clockwise
    assert (turned == quarter["mask"][0]).mean() > 0.98


def test_shadows_fall_where_the_light_says():
    """Darker ground lies to the right of a tank when shadows fall to the right."""
    still = {"x": 64.0, "y": 64.0, "shadow": 1.0, "noise": 0.0}
    to = {}
    for light in (0.0, 180.0):
        images, _, _ = drawn.aerial(
            12, (128, 128), 1, classes=["storagetanks"], fixed={**still, "light": light}
        )
        to[light] = images.mean(axis=3)
    dark_right = to[0.0] < to[180.0] - 30
    dark_left = to[180.0] < to[0.0] - 30
    columns = np.arange(128)
    right = (dark_right.sum(axis=1) * columns).sum(axis=1) / dark_right.sum(axis=(1, 2))
    left = (dark_left.sum(axis=1) * columns).sum(axis=1) / dark_left.sum(axis=(1, 2))
    assert (right > left).mean() > 0.9


def test_land_is_as_bright_in_every_class():
    """What the camera sets by itself: no class is lighter, darker or richer in contrast than another."""
    images, labels, _ = drawn.aerial(420, (48, 48), 5)
    light = images.mean(axis=3)
    # Of 20 pictures each, equal classes would differ by 0.22; without the camera it is 0.58 and 0.63.
    for values, most in ((light.mean(axis=(1, 2)), 0.35), (light.std(axis=(1, 2)), 0.55)):
        classes = np.array([values[labels == k].mean() for k in range(21)])
        within = np.sqrt(np.mean([values[labels == k].var() for k in range(21)]))
        assert classes.std() < most * within


def test_land_is_anywhere_in_the_picture(lands):
    x = lands[2]["x"] / 64
    assert 0.3 <= x.min() < 0.37
    assert 0.63 < x.max() <= 0.7


@pytest.mark.parametrize("shift", [(9.0, 0.0), (-4.0, 7.0), (3.0, -8.0)])
@pytest.mark.parametrize("wound", [1, -1])
def test_the_shadow_of_an_upright_thing_is_what_it_passes_over(shift, wound):
    """The oracle: the footprint at 200 places on its way."""
    footprint = np.array([(10.0, 12.0), (25.0, 10.0), (28.0, 22.0), (14.0, 27.0)])[::wound]
    pen = Pen(Canvas(40, 40), 0, 0, 1)
    land = Land(pen, Chance(1), "summer", 0.0, 1.0)
    land._sweep(footprint, np.array(shift))
    (outline,) = next(iter(land._swept()))
    whole, passed = (Image.new("1", (400, 400)) for _ in range(2))
    ImageDraw.Draw(whole).polygon((outline * 10).ravel().tolist(), fill=1)
    draw = ImageDraw.Draw(passed)
    for share in np.linspace(0, 1, 200):
        draw.polygon(((footprint + share * np.array(shift)) * 10).ravel().tolist(), fill=1)
    differ = np.asarray(whole) != np.asarray(passed)
    assert np.asarray(passed).sum() > 15000
    assert differ.sum() < 400  # rounding along the rim, whose length is about 700 pixels


def test_many_polygons_at_once_are_those_drawn_one_by_one():
    """Also where some lie outside the picture, wholly or in part."""
    corners = (Chance(4).array(60, 5, 2) - 0.4) * 160
    colours = [tuple(row) for row in Chance(5).bytes(60, 3).tolist()]
    one, many = Canvas(50, 60), Canvas(50, 60)
    one.layer = many.layer = OBJECT
    for row, colour in zip(corners, colours, strict=True):
        one.fill(row, colour)
    many.fill_all(corners, colours)
    np.testing.assert_array_equal(np.asarray(many.image), np.asarray(one.image))
    np.testing.assert_array_equal(many.coverage(), one.coverage())
    assert 0 < many.coverage().mean() < 255


def test_many_ellipses_at_once_are_those_worked_out_one_by_one():
    rows = [(3.0, 4.0, 5.0, 2.0, 30.0), (-1.0, 0.0, 1.0, 1.5, 0.0), (2.0, 2.0, 4.0, 1.0, -75.0)]
    np.testing.assert_allclose(
        ellipses(rows, 12), np.stack([ellipse(*row, corners=12) for row in rows]), atol=1e-12
    )


def test_nothing_in_front_hides_an_object_that_is_drawn_later():
    canvas = Canvas(32, 32)
    square = np.array([(8, 8), (24, 8), (24, 24), (8, 24)])
    canvas.layer = IN_FRONT
    canvas.polygon(square, (0, 0, 0))
    canvas.layer = OBJECT
    canvas.polygon(square, (200, 0, 0))
    assert canvas.coverage()[16, 16] == 255
    canvas.layer = IN_FRONT
    canvas.polygon(square - 8, (0, 0, 0))
    assert canvas.coverage()[12, 12] == 0
    assert canvas.coverage()[20, 20] == 255


# Messages


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"count": -1}, ValueError, r"`count` must be at least 0; received -1\. A minus sign .* `count=100`"),
        ({"count": 2.5}, TypeError, r"`count` must be an int; received 2\.5 of type float.*Say how many"),
        ({"seed": -3}, ValueError, r"`seed` must be at least 0; received -3.*Seeds are 0, 1, 2"),
        ({"seed": "a"}, TypeError, r"`seed` must be an int; received 'a'"),
        ({"first": -1}, ValueError, r"`first` must be at least 0; received -1.*numbered from 0"),
        ({"workers": 0}, ValueError, r"`workers` must be at least 1; received 0.*`workers=1`"),
        (
            {"image_size": (16, 64)},
            ValueError,
            r"32 to 2048 pixels; received \(16, 64\).*Draw larger and scale down",
        ),
        ({"image_size": (64, 4096)}, ValueError, r"32 to 2048 pixels; received \(64, 4096\)"),
        ({"image_size": 64}, TypeError, r"two ints \(height, width\); received 64.*Pass for example"),
        ({"image_size": (64, 64, 3)}, TypeError, r"two ints .*received \(64, 64, 3\)\. .*the channels too"),
        ({"fixed": "x"}, TypeError, r"`fixed` must be a dict .*received str.*Pass for example"),
        ({"fixed": {"colour": 1}}, ValueError, r"`fixed` must name factors .*received 'colour'.*Choose from"),
        ({"fixed": {"box": 1}}, ValueError, r"received 'box'\. Misspelt, or a result"),
        (
            {"fixed": {"x": "left"}},
            TypeError,
            r"`fixed\['x'\]` must be a number; received 'left'.*One value holds",
        ),
        ({"fixed": {"x": [1, 2]}}, TypeError, r"`fixed\['x'\]` must be a number; received \[1, 2\]"),
    ],
)
def test_messages_of_both(draw, arguments, error, message):
    with pytest.raises(error, match=message):
        draw(**{"count": 1, **arguments})


@pytest.mark.parametrize("shortcut", [1.5, -2, "yes", float("nan"), None])
def test_message_shortcut(shortcut):
    with pytest.raises(ValueError, match=r"`shortcut` must be a probability in .*received .*0\.9 for 90 %"):
        drawn.cats_vs_dogs(1, shortcut=shortcut)


def test_message_fixed_word():
    with pytest.raises(
        ValueError, match=r"`fixed\['pose'\]` must be one of sitting, .*received 'flying'.*Take one"
    ):
        drawn.cats_vs_dogs(1, fixed={"pose": "flying"})
    with pytest.raises(ValueError, match=r"`fixed\['label'\]` must be one of 0, 1; received 2"):
        drawn.cats_vs_dogs(1, fixed={"label": 2})
    with pytest.raises(ValueError, match=r"`fixed\['season'\]` must be one of spring, .*received 'winter'"):
        drawn.aerial(1, fixed={"season": "winter"})


def test_message_classes():
    with pytest.raises(
        ValueError, match=r"names of the 21 land-use classes; received 'Forest'.*Choose from: agricul"
    ):
        drawn.aerial(1, classes=["beach", "Forest"])
    with pytest.raises(
        ValueError, match=r"at least one class, and each once; received \(\).*Leave `classes` out"
    ):
        drawn.aerial(1, classes=[])
    with pytest.raises(ValueError, match=r"each once; received \('beach', 'beach'\)"):
        drawn.aerial(1, classes=["beach", "beach"])


def test_message_factor_values():
    with pytest.raises(
        ValueError, match=r"a factor whose values are words: pose, .*received 'x'.*See the docstring"
    ):
        drawn.factor_values("x")
