"""What the graded cells of the assignments lean on: only NumPy, one mistake costs once, networks within a budget."""

import functools
import math

import numpy as np
import pytest

from cnnkit import exercises

__name__ = "__main__"  # the functions below are a student's: they are written in a notebook


def helper(x):
    return np.sum(x) + math.pi


def plain(x):
    return [helper(row) for row in x]


class TestOnly:
    @pytest.mark.parametrize(
        "function",
        [
            plain,
            np.sum,
            lambda x: max(x),
            functools.partial(plain, 3),
            np.vectorize(helper),
            lambda f: lambda: f,
            helper,
        ],
    )
    def test_numpy_and_what_comes_with_python_is_allowed(self, function):
        exercises.expect_only("numpy", function, plain)

    def test_imports_are_found_where_they_hide(self):
        import scipy.signal
        from scipy.signal import correlate2d

        from cnnkit import scratch

        def inside(x):
            import scipy.ndimage

            return scipy.ndimage.shift(x, 1)

        def through_a_helper(x):
            return [inside(row) for row in x]

        def in_a_comprehension(x):
            return [scipy.signal.convolve(row, row) for row in x]

        def ours(x):
            return scratch.correlate2d(x, x)

        class Own:
            def work(self, x):
                return correlate2d(x, x)

        def through_a_class(x):
            return Own().work(x)

        cases = [
            (correlate2d, "scipy.signal"),
            (inside, "import scipy.ndimage"),
            (through_a_helper, "import scipy.ndimage"),
            (in_a_comprehension, "scipy.signal|`scipy`"),
            (ours, "cnnkit.scratch"),
            (through_a_class, "scipy.signal"),
            (functools.partial(inside, 1), "import scipy"),
            (np.vectorize(inside), "import scipy"),
            (lambda x: eval("x"), "`eval`"),
            (lambda x: __import__("scipy"), "`__import__`"),
        ]
        for function, found in cases:
            with pytest.raises(ValueError, match=rf"to use numpy only; received one that uses .*({found})"):
                exercises.expect_only("numpy", function)

    def test_what_is_no_function_is_told_so(self):
        with pytest.raises(TypeError, match=r"Expected the function itself; received int.*without brackets"):
            exercises.expect_only("numpy", 3)


class TestForgive:
    def student(self, code):
        names = {"__name__": "__main__", "np": np}
        exec(code, names)
        return names

    def test_right_versions_stand_in_for_wrong_ones(self):
        names = self.student(
            "def correlate2d(image, kernel):\n    return 0\n"
            "def filter2d(image, kernel, strides=1, *, padding='valid'):\n    return correlate2d(image, kernel)\n"
        )
        forgiven = exercises.forgive(names["filter2d"], "A1.correlate2d", "A1.pad_same")
        assert forgiven(np.ones((2, 2)), np.ones((2, 2)), padding="valid").tolist() == [[4]]
        assert names["filter2d"](np.ones((2, 2)), np.ones((2, 2))) == 0, "the student's own stays as it is"
        exercises.expect_only("numpy", forgiven)

    def test_nothing_is_replaced_where_all_is_right(self):
        from .answers import assignment1

        function = assignment1.load(assignment1.FILTER2D, "filter2d")
        assert exercises.forgive(function, "A1.correlate2d", "A1.pad_same") is function

    def test_what_is_not_written_counts_as_wrong(self):
        names = self.student("def filter2d(image):\n    return correlate2d(image, image)\n")
        assert exercises.forgive(names["filter2d"], "A1.correlate2d")(np.ones((2, 2))).tolist() == [[4]]

    def test_what_is_no_function_comes_back(self):
        assert exercises.forgive(..., "A1.correlate2d") is ...

    def test_only_exercises_that_are_functions_can_be_forgiven(self):
        with pytest.raises(ValueError, match=r"whose answer is a function; received 'A3.scores'"):
            exercises.forgive(plain, "A3.scores")
        with pytest.raises(ValueError, match=r"no exercise called 'A1.corelate2d'"):
            exercises.forgive(plain, "A1.corelate2d")


class TestNetworks:
    """The messages; which designs pass is proved in tests/answers/assignment2.py."""

    def test_what_is_no_model_or_not_built_is_told_so(self):
        import keras

        with pytest.raises(TypeError, match=r"Expected a Keras model; received function.*brackets"):
            exercises.expect_network(plain, input_shape=(8, 8, 1), num_classes=2)
        with pytest.raises(TypeError, match=r"received NoneType.*`return`"):
            exercises.expect_cost(None, weights=3)
        with pytest.raises(ValueError, match=r"not built.*keras.Input"):
            exercises.expect_cost(keras.Sequential([keras.layers.Dense(2)]), weights=3)

    def test_an_output_that_knows_nothing_of_the_picture_is_found(self):
        import keras

        model = keras.Sequential([
            keras.Input((8, 8, 1)),
            keras.layers.Rescaling(0.0),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="softmax"),
        ])  # fmt: skip
        with pytest.raises(ValueError, match=r"depends on the picture; received the same"):
            exercises.expect_network(model, input_shape=(8, 8, 1), num_classes=2)

    def test_a_network_without_maps_has_no_last_map(self):
        import keras

        model = keras.Sequential([
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="softmax"),
        ])  # fmt: skip
        with pytest.raises(ValueError, match="a network without any"):
            exercises.expect_cost(
                keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), receptive_field=3
            )
        with pytest.raises(
            ValueError, match=r"at most 10 weights; received 130. Most of them, 130, are in the layer 'dense"
        ):
            exercises.expect_cost(model, weights=10)

    def test_a_layer_that_cannot_be_counted_is_named(self):
        import keras

        class Own(keras.layers.Layer):
            def build(self, shape):
                self.factor = self.add_weight(shape=(shape[-1],))

            def call(self, x):
                return x * self.factor

        model = keras.Sequential([keras.Input((8, 8, 1)), Own(name="mine")])
        with pytest.raises(ValueError, match=r"multiply-adds can be counted; received 'mine'"):
            exercises.expect_cost(model, multiply_adds=3)

    def test_global_layers_that_keep_the_axes_do_not_widen_the_view(self):
        import keras

        model = keras.Sequential([
            keras.Input((16, 16, 3)),
            keras.layers.Conv2D(4, 3),
            keras.layers.GlobalAveragePooling2D(keepdims=True),
            keras.layers.Conv2D(8, 1),
            keras.layers.Flatten(),
            keras.layers.Softmax(),
        ])  # fmt: skip
        with pytest.raises(ValueError, match=r"at least 5 pixels.*received 3, at the layer 'conv2d"):
            exercises.expect_cost(model, receptive_field=5)
