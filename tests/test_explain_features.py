"""`feature_images`: what it finds, on every kind of model, and that it finds it again."""

import warnings

import numpy as np
import pytest
from scipy import ndimage

from cnnkit import explain
from cnnkit.datasets import fetching

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

from cnnkit.explain import _feature_images as inside  # noqa: E402

from .explain_models import CLASSES, CONV2, HEADS, SIDE, L, make  # noqa: E402

GREY = np.full((1, SIDE, SIDE, 3), 127.5, "float32")


def unit_means(model, images, layer):
    """The mean over all places of unit i in picture i."""
    (found,) = explain.activations(model, images, layer).values()
    return np.array([found[i, ..., i].mean() for i in range(len(images))])


def linear(kernel, **settings):
    """A model that is one convolution with this kernel (h, w, C, units), behind Rescaling."""
    height, width, channels, units = kernel.shape
    model = keras.Sequential(
        [
            keras.Input((height, width, channels)),
            L.Rescaling(1 / 255),
            L.Conv2D(units, (height, width), name="conv", **settings),
        ]
    )
    model.get_layer("conv").kernel.assign(kernel)
    return model


class TestEveryKindOfModel:
    @pytest.mark.parametrize("kind", CONV2)
    def test_the_pictures_excite_their_units(self, kind):
        model = make(kind)
        images = explain.feature_images(model, "conv2", steps=40)
        assert images.shape == (8, SIDE, SIDE, 3)
        assert images.dtype == np.uint8
        grey = explain.activations(model, GREY, "conv2")["conv2"][0]
        (found,) = explain.activations(model, images, "conv2").values()
        above = np.maximum(found - grey, 0).mean(axis=(1, 2))  # (pictures, units)
        assert (np.diag(above) > 0).all()
        assert (above.argmax(axis=0) == np.arange(8)).sum() >= 7  # its own picture excites a unit most

    @pytest.mark.parametrize("end", HEADS)
    def test_the_units_at_the_end(self, end):
        model = make("functional", end)
        last = model.layers[-1].name
        images = explain.feature_images(model, last, steps=12)
        units = 1 if end in ("sigmoid", "one logit") else CLASSES
        assert images.shape == (units, SIDE, SIDE, 3)
        # The same weights without a softmax or sigmoid: what must rise, and the same pictures.
        twin = make("functional", "logits" if units > 1 else "one logit")
        assert (unit_means(twin, images, "predictions") > twin(GREY, training=False).numpy()[0]).all()
        np.testing.assert_array_equal(images, explain.feature_images(twin, "predictions", steps=12))

    def test_a_reloaded_model_gives_the_same(self, tmp_path):
        model = make("nested")
        model.save(tmp_path / "model.keras")
        reloaded = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(
            explain.feature_images(reloaded, "base/conv2", [1, 5], steps=4),
            explain.feature_images(model, "base/conv2", [1, 5], steps=4),
        )

    def test_the_model_stays_as_it_is(self):
        model = make("nested")
        weights, config = model.get_weights(), model.get_config()
        nodes = [len(layer._inbound_nodes) for layer in model._flatten_layers()]
        explain.feature_images(model, "predictions", steps=2)
        assert model.get_config() == config
        assert [len(layer._inbound_nodes) for layer in model._flatten_layers()] == nodes
        assert all((a == b).all() for a, b in zip(weights, model.get_weights(), strict=True))


class TestAgainstWhatIsKnown:
    """The response of one linear unit is largest where each pixel is as the sign of its weight says; on the way there
    the picture runs along the kernel."""

    KERNEL = np.random.default_rng(0).normal(0, 1, (6, 6, 1, 5)).astype("float32")

    @pytest.mark.parametrize("basis", ["pixel", "fourier"])
    def test_the_picture_of_a_linear_unit_is_its_kernel(self, basis):
        model = linear(self.KERNEL)
        images = explain.feature_images(model, "conv", basis=basis, jitter=0, steps=60)
        for unit, image in enumerate(images):
            kernel = self.KERNEL[..., unit]
            assert np.corrcoef(image.ravel(), kernel.ravel())[0, 1] > 0.75
            clear = abs(kernel) > 0.1
            assert ((image > 127) == (kernel > 0))[clear].mean() > (0.99 if basis == "pixel" else 0.8)

    @pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
    def test_an_activation_hides_nothing(self, activation):
        """Even where the activation is flat at the start: the unit begins far below 0."""
        plain = explain.feature_images(linear(self.KERNEL), "conv", steps=20)
        model = linear(self.KERNEL, activation=activation)
        model.get_layer("conv").bias.assign(np.full(5, -50.0))
        np.testing.assert_allclose(plain, explain.feature_images(model, "conv", steps=20), atol=1)

    def test_colours(self):
        kernel = np.zeros((4, 4, 3, 3), "float32")
        for channel in range(3):
            kernel[:, :, channel, channel] = 1
            kernel[:, :, channel - 1, channel] = -1
        for basis in ("pixel", "fourier"):
            images = explain.feature_images(linear(kernel), "conv", basis=basis, steps=60).mean(axis=(1, 2))
            for unit, colour in enumerate(images):
                assert colour[unit] - colour[unit - 1] > (100 if basis == "pixel" else 40)

    def test_stripes_of_an_edge_filter_run_along_the_edge(self):
        kernel = np.zeros((3, 3, 1, 2), "float32")
        kernel[:, :, 0, 0] = [[1, 0, -1]] * 3
        kernel[:, :, 0, 1] = kernel[:, :, 0, 0].T
        model = keras.Sequential(
            [keras.Input((32, 32, 1)), L.Rescaling(1 / 255), L.Conv2D(2, 3, name="conv")]
        )
        model.get_layer("conv").kernel.assign(kernel)
        upright, level = explain.feature_images(model, "conv", steps=40).astype(float)[..., 0]
        for across, along in ((upright, upright.T), (level.T, level)):
            assert abs(np.diff(across, axis=1)).mean() > 1.3 * abs(np.diff(along, axis=1)).mean()


class TestRepeatable:
    def test_seeds(self):
        model = make("sequential")
        one, again, other = (explain.feature_images(model, "conv1", steps=4, seed=seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(one, again)
        assert (one != other).any(axis=(1, 2, 3)).all()

    @pytest.mark.parametrize("basis", ["pixel", "fourier"])
    def test_one_unit_at_a_time_gives_the_same(self, basis):
        model = make("functional")
        together = explain.feature_images(model, "conv2", steps=8, basis=basis).astype(float)
        in_parts = explain.feature_images(model, "conv2", steps=8, basis=basis, batch_size=3).astype(float)
        alone = np.concatenate(
            [explain.feature_images(model, "conv2", u, steps=8, basis=basis) for u in range(8)]
        )
        assert abs(together - alone).mean() < 0.5
        assert abs(together - in_parts).mean() < 0.5

    def test_units_in_any_order(self):
        model = make("functional")
        some = explain.feature_images(model, "conv1", [4, 2], steps=4).astype(float)
        every = explain.feature_images(model, "conv1", steps=4).astype(float)
        assert abs(some - every[[4, 2]]).mean() < 0.5

    def test_nobody_elses_chance_is_touched(self):
        keras.utils.set_random_seed(1)
        wanted = np.random.random(), float(tf.random.uniform(()))  # noqa: NPY002
        keras.utils.set_random_seed(1)
        explain.feature_images(make_quietly(), "conv1", 0, steps=2)
        assert (np.random.random(), float(tf.random.uniform(()))) == wanted  # noqa: NPY002


def make_quietly():
    """A model whose making uses no random numbers."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            L.Rescaling(1 / 255),
            L.Conv2D(2, 3, name="conv1", kernel_initializer="ones"),
        ]
    )


def roughness(images):
    images = images.astype(float)
    return abs(np.diff(images, axis=1)).mean() + abs(np.diff(images, axis=2)).mean()


class TestLadder:
    """None → blur and total variation → jitter → Fourier basis."""

    @pytest.mark.parametrize("basis", ["pixel", "fourier"])
    def test_blur_and_total_variation_smooth(self, basis):
        model = make("functional")
        settings = {"basis": basis, "jitter": 0, "steps": 15}
        plain = roughness(explain.feature_images(model, "conv2", **settings))
        for name in ("blur", "total_variation"):
            less, more = (
                roughness(explain.feature_images(model, "conv2", **settings, **{name: value}))
                for value in (0.4, 1.2)
            )
            assert plain > less > more

    def test_jitter_and_the_fourier_basis_smooth(self):
        model = make("functional")
        plain, jitter, fourier = (
            roughness(explain.feature_images(model, "conv2", steps=25, basis=basis, jitter=jitter))
            for basis, jitter in (("pixel", 0), ("pixel", 4), ("fourier", 4))
        )
        assert plain > jitter > fourier

    def test_the_fourier_basis_against_numpy(self):
        """One wave: `2 cos` of the right frequency, and with 1/f as strength."""
        paint = inside._Fourier(8, 12, 1)
        for row, column in ((0, 0), (1, 0), (0, 3), (4, 7), (7, 11)):
            values = np.zeros((1, 1, 8, 12), "float32")
            values[0, 0, row, column] = 1
            picture = paint.pictures(values, (8, 12), tf.zeros(3)).numpy()[0, :, :, 0]
            picture = np.log(picture / (1 - picture))
            spectrum = abs(np.fft.fft2(picture))
            found = np.argwhere(spectrum > 0.01 * spectrum.max())
            down, across = (row + 1) // 2, (column + 1) // 2
            assert {(min(i, 8 - i), min(j, 12 - j)) for i, j in found} == {(down, across)}
            frequency = max(np.hypot(down / 8, across / 12), 1 / 12)
            strength = np.sqrt((picture**2).sum()) / (0.5 / frequency)
            assert strength == pytest.approx(1 if row < 7 and column < 11 else strength, rel=1e-3)

    @pytest.mark.parametrize("size", [(8, 8), (9, 7), (6, 11)])
    def test_the_waves_make_every_picture(self, size):
        waves = np.kron(*(inside._waves(n, n, 0.0, 0.0).numpy() for n in size))
        assert np.linalg.matrix_rank(waves, tol=1e-3) == size[0] * size[1]

    @pytest.mark.parametrize("basis", ["pixel", "fourier"])
    def test_moving_goes_round_the_edges(self, basis):
        paint = inside._BASES[basis](8, 10, 3)
        values = paint.start(np.random.default_rng(0))[np.newaxis] * 50
        still = paint.pictures(values, (8, 10), tf.zeros(3)).numpy()
        moved = paint.pictures(values, (5, 6), tf.constant([3.0, -2.0, 0.0])).numpy()
        by = (3, -2) if basis == "pixel" else (-3, 2)
        np.testing.assert_allclose(moved, np.roll(still, by, axis=(1, 2))[:, :5, :6], atol=1e-4)

    def test_blur_against_scipy(self):
        values = np.random.default_rng(0).normal(0, 1, (1, 16, 20, 1)).astype("float32")
        ours = inside._Pixels(16, 20, 1).blurred(values, 1.5).numpy()
        inner = (slice(None), slice(6, -6), slice(6, -6))  # the border is done differently
        np.testing.assert_allclose(
            ours[inner], ndimage.gaussian_filter(values, (0, 1.5, 1.5, 0))[inner], atol=1e-3
        )
        paint = inside._Fourier(16, 20, 1)
        values = paint.start(np.random.default_rng(0))[np.newaxis]
        before, after = (
            np.log(p / (1 - p))
            for p in (
                paint.pictures(v, (16, 20), tf.zeros(3)).numpy() for v in (values, paint.blurred(values, 1.5))
            )
        )
        wanted = ndimage.gaussian_filter(before, (0, 1.5, 1.5, 0), mode="wrap", truncate=6)
        np.testing.assert_allclose(after, wanted, atol=0.02 * before.std())


class TestSettings:
    def test_preprocess_is_what_stands_before_the_model(self):
        inner = keras.Sequential([keras.Input((8, 8, 1)), L.Conv2D(2, 3, name="conv")])
        outer = keras.Sequential([keras.Input((8, 8, 1)), L.Rescaling(1 / 127.5, offset=-1), inner])
        np.testing.assert_array_equal(
            explain.feature_images(inner, "conv", steps=4, preprocess=lambda x: x / 127.5 - 1),
            explain.feature_images(outer, "conv", steps=4),
        )

    def test_pictures_of_another_size(self):
        model = make("sequential")
        assert explain.feature_images(model, "conv1", 0, steps=2, image_size=40).shape == (1, 40, 40, 3)
        assert explain.feature_images(model, "conv1", 0, steps=2, image_size=(16, 18)).shape == (1, 16, 18, 3)

    def test_a_model_for_any_size(self):
        model = keras.Sequential(
            [keras.Input((None, None, 1)), L.Rescaling(1 / 255), L.Conv2D(2, 3, name="conv")]
        )
        assert explain.feature_images(model, "conv", steps=1).shape == (2, 128, 128, 1)

    def test_the_window(self):
        """Layers that see little are shown half a side at a time; those that see more, all of it, at any place."""
        network = inside.Network(make("sequential"))  # conv1 sees 3 pixels, conv2 8
        assert inside._window(network, "conv1", (24, 24), None) == ((12, 12), (12, 12))
        assert inside._window(network, "conv2", (15, 15), None) == ((8, 8), (7.5, 7.5))
        # Half of 14 pixels would leave no map.
        assert inside._window(network, "conv2", (14, 14), None) == ((14, 14), (7, 7))
        assert inside._window(network, "conv2", (8, 8), None) == ((8, 8), (0.5, 0.5))
        assert inside._window(network, "predictions", (24, 24), None) == ((24, 24), (1.5, 1.5))
        assert inside._window(network, "conv1", (24, 24), 3) == ((24, 24), (3, 3))

    @pytest.mark.parametrize("side", [20, 24, 27])
    def test_maps_without_padding_stay_larger_than_the_kernels(self, side):
        """Six layers see 13 × 13: of 24 pixels that is little enough for half of them, but it would not fit in."""
        convolutions = [L.Conv2D(2, 3, name=f"conv{k}") for k in range(6)]
        model = keras.Sequential([keras.Input((side, side, 1)), L.Rescaling(1 / 255), *convolutions])
        assert explain.feature_images(model, "conv5", steps=2).shape == (2, side, side, 1)

    def test_a_dead_unit_is_named(self):
        model = make("sequential")
        layer = model.get_layer("conv2")
        kernel = layer.kernel.numpy()
        kernel[..., 3] = 0
        layer.kernel.assign(kernel)
        with pytest.warns(
            UserWarning, match=r"no picture was found that excites 1 of 8 units of 'conv2'.*units 3"
        ):
            images = explain.feature_images(model, "conv2", steps=4)
        assert images[3].std() < 20  # as it began

    def test_pixels_that_nobody_scales(self):
        model = keras.Sequential([keras.Input((8, 8, 1)), L.RandomFlip(), L.Conv2D(2, 3, name="conv")])
        with pytest.warns(
            UserWarning, match=r"'conv' gets pixels from 0 to 255 as they are.*lambda x: x / 255`"
        ):
            explain.feature_images(model, "conv", steps=1)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            explain.feature_images(model, "conv", steps=1, preprocess=lambda x: x / 255)
            explain.feature_images(make("sequential"), "conv1", steps=2)
            normed = keras.Sequential(
                [keras.Input((8, 8, 1)), L.BatchNormalization(), L.Conv2D(2, 3, name="conv")]
            )
            explain.feature_images(normed, "conv", steps=4)


class TestErrors:
    @pytest.mark.parametrize("units", [8, -1, [0, 8], [], 1.0, "conv"])
    def test_no_such_unit(self, units):
        with pytest.raises(
            ValueError, match=r"from 0 to 7, for the layer 'conv2' with 8 units.*counted from 0"
        ):
            explain.feature_images(make(), "conv2", units)

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"basis": "wavelet"}, r'"pixel" or "fourier"; received \'wavelet\'.*Leave it out'),
            ({"steps": 0}, r"`steps` must be a whole number of at least 1; received 0"),
            ({"steps": 2.5}, r"`steps` must be a whole number of at least 1; received 2.5.*division"),
            ({"batch_size": 0}, r"`batch_size` must be a whole number"),
            ({"blur": -1}, r"`blur` must be a number of at least 0; received -1.*`blur=0` to do without"),
            ({"jitter": "much"}, r"`jitter` must be a number of at least 0; received 'much'"),
            ({"learning_rate": None}, r"`learning_rate` must be a number of at least 0; received None"),
            ({"total_variation": None}, r"`total_variation` must be a number of at least 0; received None"),
            (
                {"image_size": (24, 24, 3)},
                r"`image_size` must be a side.*received \(24, 24, 3\).*do not belong",
            ),
            ({"image_size": 0}, r"`image_size` must be a side in pixels of at least 4.*received 0"),
            ({"image_size": 4}, r"up to 'conv2' work; received \(4, 4\).*too small. Leave `image_size` out"),
        ],
    )
    def test_settings(self, settings, message):
        with pytest.raises(ValueError, match=message):
            explain.feature_images(make(), "conv2", **settings)


@pytest.mark.real_data
@pytest.mark.skipif(
    not fetching.available("mobilenet_0.25_128"), reason="MobileNet's weights are not in the cache"
)
class TestMobileNet:
    """A second real network, trained on ImageNet."""

    @pytest.fixture(scope="class")
    def model(self):
        path = fetching.entry("mobilenet_0.25_128").path
        return keras.applications.MobileNet(alpha=0.25, input_shape=(128, 128, 3), weights=path)

    @pytest.fixture(scope="class")
    def cat(self):
        """The cat inside scikit-image, as the network takes it."""
        from skimage import data

        image = keras.ops.image.resize(data.chelsea()[np.newaxis, :, 75:375].astype("float32"), (128, 128))
        return keras.applications.mobilenet.preprocess_input(np.array(image))

    def test_maps_of_a_cat(self, model, cat):
        names = keras.ops.convert_to_numpy(model.predict(cat, verbose=0))[0].argsort()[::-1][:5]
        assert set(names) & {281, 282, 285}  # tabby, tiger cat, Egyptian cat
        found = explain.grad_cam(model, cat, target=281)
        assert found.shape == (1, 128, 128)
        assert found.max() > 0
        relu = explain.grad_cam(model, cat, target=281, layer="conv_pw_13_relu")
        np.testing.assert_array_equal(found, relu)
        assert explain.saliency(model, cat).shape == (1, 128, 128)

    def test_the_pictures_of_classes_are_recognised(self, model):
        classes = [9, 22, 340, 817]  # ostrich, bald eagle, zebra, sports car
        images = explain.feature_images(
            model, "predictions", classes, steps=40, preprocess=keras.applications.mobilenet.preprocess_input
        )
        inputs = keras.applications.mobilenet.preprocess_input(images.astype("float32"))
        assert (model.predict(inputs, verbose=0).argmax(axis=1) == classes).all()
