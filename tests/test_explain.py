"""`activations`, `grad_cam`, `occlusion`, `saliency`: on every kind of model, against computations written out."""

import warnings

import numpy as np
import pytest

from cnnkit import explain

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

from .explain_models import CLASSES, CONV2, HEADS, IMAGES, SIDE, L, make, split  # noqa: E402

KINDS = list(CONV2)


@pytest.fixture(scope="module")
def models():
    """Models by (kind, head), each made once."""
    made = {}

    def get(kind="functional", end="softmax"):
        if (kind, end) not in made:
            made[kind, end] = make(kind, end)
        return made[kind, end]

    return get


def logits_by_hand(model, kind, images=IMAGES):
    first, second = split(model, kind)
    return second(first(images), images).numpy()


def answers(model, images=IMAGES):
    """What the model itself says, without the time that `predict` takes to get ready."""
    return model(images, training=False).numpy()


def score(logits, target):
    """The logit of the class; with one unit and class 0 its negative."""
    if logits.shape[1] == 1:
        return logits[:, 0] * (2 * np.asarray(target) - 1)
    return tf.gather(logits, target, axis=1, batch_dims=1)


def predicted(logits):
    return (logits[:, 0] > 0).astype(int) if logits.shape[1] == 1 else logits.argmax(axis=1)


class TestActivations:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_layer_by_its_full_name_against_the_network_by_hand(self, models, kind):
        model = models(kind)
        first, _ = split(model, kind)
        found = explain.activations(model, IMAGES, CONV2[kind])
        assert list(found) == [CONV2[kind]]
        np.testing.assert_allclose(found[CONV2[kind]], first(IMAGES), rtol=1e-4, atol=1e-4)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_layer_by_its_own_name_and_by_itself(self, models, kind):
        model = models(kind)
        holder = model
        for name in CONV2[kind].split("/")[:-1]:
            holder = holder.get_layer(name)
        by_name = explain.activations(model, IMAGES, "conv2")["conv2"]
        by_layer = explain.activations(model, IMAGES, [holder.get_layer("conv2")])["conv2"]
        np.testing.assert_array_equal(by_name, by_layer)
        assert by_name.shape == (5, 9, 9, 8)

    def test_all_layers_against_a_keras_model(self, models):
        model = models("functional")
        found = explain.activations(model, IMAGES, batch_size=2)
        layers = [layer for layer in model.layers if not isinstance(layer, L.InputLayer)]
        wanted = keras.Model(model.inputs, [layer.output for layer in layers])([IMAGES], training=False)
        assert list(found) == [layer.name for layer in layers]
        for layer, values in zip(layers, wanted, strict=True):
            np.testing.assert_allclose(found[layer.name], values, rtol=1e-4, atol=1e-5, err_msg=layer.name)

    @pytest.mark.parametrize(
        ("kind", "end"), [*((kind, "softmax") for kind in KINDS), *(("functional", end) for end in HEADS)]
    )
    def test_the_last_layer_is_what_predict_gives(self, models, kind, end):
        model = models(kind, end)
        *_, last = explain.activations(model, IMAGES).values()
        np.testing.assert_allclose(last, answers(model), rtol=1e-4, atol=1e-5)

    def test_names_within_models_and_the_models_themselves(self, models):
        found = explain.activations(models("nested twice"), IMAGES[:1])
        assert [name for name in found if "/" in name] == [
            f"outer/base/{name}" for name in ("conv1", "pool1", "conv2", "norm", "relu")
        ]
        some = explain.activations(models("nested twice"), IMAGES[:1], ["outer", "outer/base", "base/relu"])
        for values in some.values():
            np.testing.assert_array_equal(values, found["outer/base/relu"])

    def test_a_layer_that_is_called_twice(self):
        inputs = keras.Input((4, 4, 1))
        twice = L.Rescaling(3, name="thrice")
        model = keras.Model(inputs, twice(twice(inputs)))
        found = explain.activations(model, np.ones((1, 4, 4, 1)))
        assert {name: values.max() for name, values in found.items()} == {"thrice": 3, "thrice:2": 9}

    def test_a_name_that_two_models_share_must_be_given_in_full(self):
        def part(name):
            return keras.Sequential(
                [keras.Input((6, 6, 1)), L.Conv2D(1, 3, padding="same", name="conv")], name=name
            )

        model = keras.Sequential([keras.Input((6, 6, 1)), part("one"), part("two")])
        with pytest.raises(
            ValueError, match=r"received 'conv', which 2 share.*full name: one/conv, two/conv"
        ):
            explain.activations(model, np.zeros((1, 6, 6, 1)), "conv")
        both = [part.get_layer("conv") for part in model.layers]
        assert list(explain.activations(model, np.zeros((1, 6, 6, 1)), both)) == ["one/conv", "two/conv"]
        assert list(explain.activations(model, np.zeros((1, 6, 6, 1)), "two/conv")) == ["two/conv"]


class TestGradCam:
    @pytest.mark.parametrize("end", HEADS)
    @pytest.mark.parametrize("kind", KINDS)
    def test_against_the_model_split_by_hand(self, models, kind, end):
        model = models(kind, end)
        first, second = split(model, kind)
        target = predicted(logits_by_hand(model, kind))
        features = first(IMAGES)
        with tf.GradientTape() as tape:
            tape.watch(features)
            scores = score(second(features, IMAGES), target)
        weights = tape.gradient(scores, features).numpy().mean(axis=(1, 2))
        wanted = np.maximum(np.einsum("nhwc,nc->nhw", features, weights), 0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            coarse = explain.grad_cam(model, IMAGES, layer=CONV2[kind], resize=False, batch_size=2)
            fine = explain.grad_cam(model, IMAGES, layer="conv2")
        assert wanted.any()
        np.testing.assert_allclose(coarse, wanted, rtol=1e-3, atol=1e-4 * wanted.max())
        assert fine.shape == (5, SIDE, SIDE)
        assert fine.dtype == np.float32
        resized = keras.ops.image.resize(wanted[..., np.newaxis], (SIDE, SIDE), interpolation="bilinear")
        np.testing.assert_allclose(fine, resized[..., 0], rtol=1e-3, atol=1e-4 * wanted.max())

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_last_layer_with_rows_and_columns_is_taken(self, models, kind):
        last = {"branched": "multiply"}.get(kind, "relu")
        model = models(kind)
        last = next(
            name for name in explain.activations(model, IMAGES[:1]) if name.split("/")[-1].startswith(last)
        )
        chosen = explain.grad_cam(model, IMAGES, layer=last, target=1)
        np.testing.assert_array_equal(explain.grad_cam(model, IMAGES, target=1), chosen)

    @pytest.mark.filterwarnings("ignore:no positive evidence")
    def test_the_layer_before_the_poolings_is_taken(self):
        keras.utils.set_random_seed(1)
        body = [L.Conv2D(4, 3, activation="relu", name="conv"), L.MaxPooling2D(2), L.SpatialDropout2D(0.5)]
        model = keras.Sequential([keras.Input((10, 10, 1)), *body, L.Flatten(), L.Dense(2)])
        images = np.random.default_rng(0).random((2, 10, 10, 1))
        found = explain.grad_cam(model, images, target=0, resize=False)
        assert found.shape == (2, 8, 8)
        np.testing.assert_array_equal(
            found, explain.grad_cam(model, images, target=0, layer="conv", resize=False)
        )
        only = keras.Sequential([keras.Input((10, 10, 1)), L.MaxPooling2D(2), L.Flatten(), L.Dense(2)])
        assert explain.grad_cam(only, images, resize=False).shape == (2, 5, 5)

    @pytest.mark.filterwarnings("ignore:no positive evidence")
    def test_maps_of_one_pixel_have_no_rows_and_columns(self):
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                L.Conv2D(3, 3, name="conv", bias_initializer="ones"),
                L.GlobalAveragePooling2D(keepdims=True, name="gap"),
                L.Conv2D(2, 1, name="scores", kernel_initializer="ones"),
                L.Flatten(),
                L.Softmax(),
            ]
        )
        images = np.random.default_rng(0).random((2, 8, 8, 1))
        np.testing.assert_array_equal(
            explain.grad_cam(model, images, target=0), explain.grad_cam(model, images, target=0, layer="conv")
        )
        with pytest.raises(ValueError, match=r"received 'gap' with \(1, 1, 1, 3\).*Choose a layer before"):
            explain.grad_cam(model, images, layer="gap")

    def test_a_saturated_softmax_has_the_map_of_its_logits(self):
        soft, plain = make("functional", "softmax"), make("functional", "logits")
        for model in (soft, plain):
            kernel = model.get_layer("predictions").kernel
            kernel.assign(100 * kernel)
        assert answers(soft).max() > 1 - 1e-7  # its own gradient would be 0
        for method in (explain.grad_cam, explain.saliency):
            found = method(soft, IMAGES, target=2)
            assert found.any()
            np.testing.assert_allclose(found, method(plain, IMAGES, target=2), rtol=1e-4, atol=1e-5)

    def test_no_positive_evidence_is_said_and_the_map_stays_zero(self):
        model = keras.Sequential(
            [
                keras.Input((6, 6, 1)),
                L.ReLU(name="relu"),
                L.GlobalAveragePooling2D(),
                L.Dense(2, use_bias=False),
            ]
        )
        model.layers[-1].kernel.assign([[1.0, -1.0]])
        images = np.stack([np.ones((6, 6, 1)), np.zeros((6, 6, 1)), np.ones((6, 6, 1))])
        with pytest.warns(
            UserWarning, match=r"no positive evidence for the class in 2 of 3 pictures \(1, 2\)"
        ):
            maps = explain.grad_cam(model, images, target=[0, 0, 1])
        np.testing.assert_allclose(
            maps, [np.full((6, 6), 1 / 36), np.zeros((6, 6)), np.zeros((6, 6))], rtol=1e-5
        )

    def test_it_stays_silent_where_there_is_evidence(self):
        model = keras.Sequential([keras.Input((6, 6, 1)), L.ReLU(), L.GlobalAveragePooling2D(), L.Dense(2)])
        model.layers[-1].kernel.assign([[1.0, -1.0]])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            explain.grad_cam(model, np.ones((2, 6, 6, 1)), target=0)


class TestSaliency:
    @pytest.mark.parametrize("end", HEADS)
    @pytest.mark.parametrize("kind", KINDS)
    def test_against_finite_differences(self, models, kind, end):
        model = models(kind, end)
        first, second = split(model, kind)
        images = IMAGES[:2].astype("float64")
        target = predicted(logits_by_hand(model, kind, images))
        signed = explain.saliency(model, images, signed=True)
        largest = explain.saliency(model, images)
        assert signed.shape == largest.shape == (2, SIDE, SIDE)
        assert largest.min() >= 0
        step = 1e-3
        places = np.random.default_rng(1).integers(2, SIDE - 2, (8, 2))
        moved = np.tile(images, (8, 3, 2, 1, 1, 1, 1))  # (place, channel, up or down, picture, H, W, C)
        for place, (row, column) in enumerate(places):
            for channel in range(3):
                moved[place, channel, 0, :, row, column, channel] += step
                moved[place, channel, 1, :, row, column, channel] -= step
        flat = moved.reshape(-1, SIDE, SIDE, 3)
        values = np.asarray(score(second(first(flat), flat).numpy(), np.tile(target, 48))).reshape(8, 3, 2, 2)
        slopes = (values[:, :, 0] - values[:, :, 1]) / (2 * step)  # (place, channel, picture)
        rows, columns = places.T
        np.testing.assert_allclose(signed[:, rows, columns].T, slopes.sum(1), rtol=1e-2, atol=1e-6)
        np.testing.assert_allclose(largest[:, rows, columns].T, abs(slopes).max(1), rtol=1e-2, atol=1e-6)
        assert (abs(slopes).max(axis=(1, 2)) > 1e-5).sum() > 4  # not only zeros compared

    def test_noisy_copies_are_repeatable_and_calmer(self, models):
        model = models("sequential")
        one, again, other = (explain.saliency(model, IMAGES[:2], copies=8, seed=seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(one, again)
        assert (one != other).any()
        plain = explain.saliency(model, IMAGES[:2], target=explain_classes(model, IMAGES[:2]))
        roughness = [abs(np.diff(maps, axis=1)).mean() / maps.mean() for maps in (one, plain)]
        assert roughness[0] < roughness[1]

    def test_without_noise_copies_change_nothing(self, models):
        model = models("functional")
        plain = explain.saliency(model, IMAGES)
        np.testing.assert_allclose(explain.saliency(model, IMAGES, copies=2, noise=0.0), plain, rtol=1e-5)


def explain_classes(model, images):
    return answers(model, images).argmax(axis=1)


class TestOcclusion:
    @pytest.mark.parametrize(
        ("kind", "end"), [(kind, "softmax") for kind in KINDS] + [("nested", end) for end in HEADS[1:]]
    )
    def test_against_predictions_of_hand_covered_pictures(self, models, kind, end):
        model = models(kind, end)
        images, size, strides = IMAGES[:2], 7, 5
        target = predicted(logits_by_hand(model, kind, images))

        def of_class(row, values):
            if values.shape[1] > 1:
                return values[:, target[row]]
            if target[row] == 1:
                return values[:, 0]
            return 1 - values[:, 0] if end == "sigmoid" else -values[:, 0]

        squares = [(top, left) for top in (0, 5, 10, 15, 17) for left in (0, 5, 10, 15, 17)]
        wanted = np.zeros((2, SIDE, SIDE))
        for row, image in enumerate(images):
            lost, times = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
            covered = np.repeat(image[np.newaxis], len(squares) + 1, axis=0)  # the last one is left as it is
            for copy, (top, left) in zip(covered, squares, strict=False):
                copy[top : top + size, left : left + size] = image.mean(axis=(0, 1))
            *values, whole = of_class(row, answers(model, covered))
            for value, (top, left) in zip(values, squares, strict=True):
                lost[top : top + size, left : left + size] += whole - value
                times[top : top + size, left : left + size] += 1
            wanted[row] = lost / times
        found = explain.occlusion(model, images, size=size, strides=strides, batch_size=4)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-5)

    def test_it_finds_the_only_place_that_counts(self):
        model = keras.Sequential([keras.Input((12, 12, 1)), L.Flatten(), L.Dense(2, use_bias=False)])
        weights = np.zeros((12, 12, 2), "float32")
        weights[3, 8, 1] = 1
        model.layers[-1].kernel.assign(weights.reshape(144, 2))
        found = explain.occlusion(model, np.full((1, 12, 12, 1), 5.0), size=1, fill=0, target=1)[0]
        assert found[3, 8] == 5
        assert abs(found).sum() == 5

    def test_a_colour_that_covers(self, models):
        model = models("sequential")
        one = explain.occlusion(model, IMAGES[:1], fill=[0, 0, 0])
        np.testing.assert_array_equal(one, explain.occlusion(model, IMAGES[:1], fill=0))
        assert (one != explain.occlusion(model, IMAGES[:1], fill=[0, 255, 0])).any()


METHODS = {
    "grad_cam": explain.grad_cam,
    "occlusion": lambda *args, **kwargs: explain.occlusion(*args, size=8, strides=8, **kwargs),
    "saliency": explain.saliency,
}


@pytest.mark.filterwarnings("ignore:no positive evidence")
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
class TestMaps:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_reloaded_model_gives_the_same(self, models, kind, method, tmp_path):
        model = models(kind)
        model.save(tmp_path / "model.keras")
        reloaded = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_allclose(method(reloaded, IMAGES), method(model, IMAGES), rtol=1e-4, atol=1e-6)
        layers = explain.activations(reloaded, IMAGES[:1])
        for name, values in explain.activations(model, IMAGES[:1]).items():
            np.testing.assert_allclose(layers[name], values, rtol=1e-4, atol=1e-5, err_msg=name)

    @pytest.mark.parametrize("kind", ["nested", "sequential"])
    def test_the_model_stays_as_it_is(self, kind, method):
        model = make(kind)
        model.compile("adam", "sparse_categorical_crossentropy")
        weights, config = model.get_weights(), model.get_config()
        layers = list(model._flatten_layers())
        nodes = [len(layer._inbound_nodes) for layer in layers]
        before = answers(model)
        method(model, IMAGES)
        assert [len(layer._inbound_nodes) for layer in layers] == nodes
        assert model.get_config() == config
        assert all((a == b).all() for a, b in zip(weights, model.get_weights(), strict=True))
        np.testing.assert_array_equal(answers(model), before)

    def test_none_is_the_predicted_class(self, models, method):
        model = models("functional")
        classes = explain_classes(model, IMAGES)
        np.testing.assert_array_equal(method(model, IMAGES), method(model, IMAGES, target=classes))
        one = method(model, IMAGES[:1], target=int(classes[0]))
        np.testing.assert_allclose(method(model, IMAGES)[:1], one, rtol=1e-4, atol=1e-6)

    def test_classes_have_different_maps(self, models, method):
        maps = [method(models("functional", "logits"), IMAGES, target=target) for target in range(CLASSES)]
        assert all((maps[0] != other).any() for other in maps[1:])

    @pytest.mark.parametrize("end", ["sigmoid", "one logit"])
    def test_one_unit_has_two_classes(self, models, method, end):
        model = models("functional", end)
        zero, one = (method(model, IMAGES, target=target) for target in (0, 1))
        if method is explain.saliency:
            np.testing.assert_allclose(zero, one, rtol=1e-5)
            zero, one = (method(model, IMAGES, target=target, signed=True) for target in (0, 1))
        if method is not explain.grad_cam:
            np.testing.assert_allclose(zero, -one, rtol=1e-3, atol=1e-6)
        else:
            assert (np.minimum(zero, one)[:, 0, 0] == 0).all()  # nowhere evidence for both

    def test_batches_do_not_matter(self, models, method):
        model = models("nested")
        np.testing.assert_allclose(
            method(model, IMAGES, batch_size=2), method(model, IMAGES, batch_size=32), rtol=1e-4, atol=1e-6
        )

    def test_twice_the_same(self, models, method):
        np.testing.assert_array_equal(method(models(), IMAGES), method(models(), IMAGES))

    def test_random_weights_change_the_map(self, method):
        """The sanity check of Adebayo et al. (2018): a map that stays says nothing about what was learned."""
        model = make("functional")
        before = method(model, IMAGES, target=0)
        for name in ("conv2", "conv1"):
            kernel = model.get_layer(name).kernel
            kernel.assign(np.random.default_rng(9).normal(0, 0.4, kernel.shape))
        after = method(model, IMAGES, target=0)
        rows = [n for n in range(len(IMAGES)) if before[n].std() and after[n].std()]
        assert rows
        for n in rows:
            assert np.corrcoef(before[n].ravel(), after[n].ravel())[0, 1] < 0.9

    @pytest.mark.parametrize("target", [4, -1, [0, 1, 2, 3, 4]])
    def test_no_such_class(self, models, method, target):
        with pytest.raises(
            ValueError, match=r"`target` must be from 0 to 3, for a model with 4 classes.*class_names"
        ):
            method(models(), IMAGES, target=target)

    @pytest.mark.parametrize("target", ["dogs", 1.0, [0, 1], [[0], [1]], True])
    def test_what_is_no_class_number(self, models, method, target):
        with pytest.raises(
            ValueError, match=r"`target` must be one class number.*received.*class_names.index"
        ):
            method(models(), IMAGES, target=target)

    def test_what_is_no_classifier(self, method):
        model = keras.Sequential([keras.Input((6, 6, 1)), L.Conv2D(2, 3)])
        with pytest.raises(
            ValueError, match=r"\(N, classes\); received .* \(None, 4, 4, 2\).*lacks its head"
        ):
            method(model, np.zeros((1, 6, 6, 1)))

    def test_batch_size(self, models, method):
        with pytest.raises(
            ValueError, match=r"`batch_size` must be a whole number of at least 1; received 0"
        ):
            method(models(), IMAGES, batch_size=0)


class TestErrors:
    """Each says what was expected, what came, the likely slip, and what to do."""

    @pytest.mark.parametrize("method", [explain.activations, *METHODS.values()])
    @pytest.mark.parametrize(
        ("images", "message"),
        [
            (
                IMAGES[0],
                r"\(N, 24, 24, 3\); received \(24, 24, 3\). The batch axis is missing.*image\[np.newaxis\]",
            ),
            (
                IMAGES[:, :20],
                r"\(N, 24, 24, 3\); received \(5, 20, 24, 3\).*another size.*resize",
            ),
            (IMAGES[..., :1], r"received \(5, 24, 24, 1\). These pictures are grey.*np.repeat"),
            (np.zeros((2, 24, 24, 4)), r"received \(2, 24, 24, 4\).*transparency.*\.\.\., :3"),
            (np.zeros((2, 24, 24, 2)), r"received \(2, 24, 24, 2\).*built for 3 channels.*trained on"),
            (np.zeros((2, 3, 24, 24)), r"received \(2, 3, 24, 24\).*channels first.*moveaxis"),
            (np.zeros((1, 1, 24, 24, 3)), r"received \(1, 1, 24, 24, 3\).*four axes.*np.newaxis"),
            (np.zeros((0, 24, 24, 3)), r"received \(0, 24, 24, 3\). There is no picture in it.*cut out"),
        ],
    )
    def test_pictures_that_do_not_fit(self, models, method, images, message):
        with pytest.raises(ValueError, match=message):
            method(models(), images)

    def test_grey_pictures(self):
        model = keras.Sequential([keras.Input((6, 6, 1)), L.Flatten(), L.Dense(2)])
        with pytest.raises(
            ValueError, match=r"received \(4, 6, 6\). The axis of the channels is missing.*images\["
        ):
            explain.saliency(model, np.zeros((4, 6, 6)))
        with pytest.raises(ValueError, match=r"received \(6, 6\).*image\[np.newaxis, \.\.\., np.newaxis\]"):
            explain.saliency(model, np.zeros((6, 6)))
        with pytest.raises(
            ValueError, match=r"in colour, the model wants grey.*mean\(axis=-1, keepdims=True\)"
        ):
            explain.saliency(model, np.zeros((4, 6, 6, 3)))

    def test_numbers_that_are_none(self, models):
        broken = np.where(np.arange(24) == 3, np.nan, IMAGES.transpose(0, 1, 3, 2)).transpose(0, 1, 3, 2)
        with pytest.raises(ValueError, match=r"finite numbers; received NaN.*divided by zero.*np.isfinite"):
            explain.occlusion(models(), broken)

    @pytest.mark.parametrize("front", [[], [L.RandomFlip()]])
    def test_pictures_scaled_twice(self, front):
        ends = [L.Rescaling(1 / 255, name="scale"), L.Flatten(), L.Dense(2)]
        model = keras.Sequential([keras.Input((4, 4, 1)), *front, *ends])
        image = np.linspace(0, 1, 16).reshape(1, 4, 4, 1)
        with pytest.warns(
            UserWarning, match=r"go from 0 to 1, and 'scale' .*divides them by 255.*images \* 255"
        ):
            explain.saliency(model, image)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            explain.saliency(model, 255 * image)

    def test_what_is_no_array(self, models):
        with pytest.raises(
            TypeError, match=r"`images` must be an array.*received a tf.data.*next\(iter\(data\)\)"
        ):
            explain.saliency(models(), tf.data.Dataset.from_tensors(IMAGES))
        with pytest.raises(TypeError, match=r"`images` must be an array.*received str"):
            explain.saliency(models(), "cat.jpg")
        with pytest.raises(
            TypeError, match=r"`images` must hold numbers; received dtype <U.*different sizes"
        ):
            explain.saliency(models(), np.full((1, 24, 24, 3), "?"))

    CALLS = {  # noqa: RUF012
        "activations": lambda model: explain.activations(model, IMAGES),
        "feature_images": lambda model: explain.feature_images(model, "conv1"),
        **{name: lambda model, method=method: method(model, IMAGES) for name, method in METHODS.items()},
    }

    @pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
    def test_models_that_cannot_be_looked_into(self, call):
        unbuilt = keras.Sequential([L.Conv2D(2, 3, name="conv1"), L.Flatten(), L.Dense(2)])
        with pytest.raises(
            ValueError, match=r"must be built.*received 'sequential.*no weights yet.*keras.Input"
        ):
            call(unbuilt)

        class Own(keras.Model):
            def call(self, x):
                return x

        own = Own()
        own(IMAGES)
        with pytest.raises(
            ValueError, match=r"layers connected; received 'own.*written by hand.*keras.Model\(inputs"
        ):
            call(own)
        with pytest.raises(
            TypeError, match=r"must be a Keras model; received Conv2D.*single layer.*keras.Sequential"
        ):
            call(L.Conv2D(2, 3))
        inputs = keras.Input((24, 24, 3)), keras.Input((24, 24, 3))
        two = keras.Model(inputs, L.Add()(inputs))
        with pytest.raises(
            ValueError, match=r"one batch of pictures.*inputs of shape.*several inputs.*Make one"
        ):
            call(two)

    @pytest.mark.parametrize(
        "call",
        [
            lambda model, layer: explain.activations(model, IMAGES, layer),
            lambda model, layer: explain.grad_cam(model, IMAGES, layer=layer),
            lambda model, layer: explain.feature_images(model, layer),
        ],
    )
    def test_an_unknown_layer_and_the_nearest_names(self, models, call):
        with pytest.raises(
            ValueError, match=r"received 'con2'. Did you mean .*base/conv2.*The layers are: flip, turn"
        ):
            call(models("nested"), "con2")
        with pytest.raises(
            ValueError, match=r"received 'zzz'. Keras may have numbered it on.*The layers are"
        ):
            call(models("nested"), "zzz")
        with pytest.raises(ValueError, match=r"received the layer 'conv2'. Did you mean base/conv2"):
            call(models("nested"), L.Conv2D(2, 3, name="conv2"))

    def test_a_layer_without_rows_and_columns(self, models):
        with pytest.raises(
            ValueError, match=r"received 'gap' with \(1, 8\). After Flatten.*leave `layer` out"
        ):
            explain.grad_cam(models(), IMAGES, layer="gap")

    def test_a_dense_network_has_no_layer_for_grad_cam(self):
        model = keras.Sequential([keras.Input((6, 6, 1)), L.Flatten(), L.Dense(2)])
        with pytest.raises(
            ValueError, match=r"rows and columns; received.*which has none.*`occlusion` or `saliency`"
        ):
            explain.grad_cam(model, np.zeros((1, 6, 6, 1)))

    def test_settings_of_occlusion(self, models):
        with pytest.raises(
            ValueError, match=r"`size` must be at most 24.*received 25.*covers everything.*sixth"
        ):
            explain.occlusion(models(), IMAGES, size=25)
        with pytest.raises(
            ValueError, match=r"`strides` must be a whole number of at least 1; received 2.5.*int"
        ):
            explain.occlusion(models(), IMAGES, strides=2.5)
