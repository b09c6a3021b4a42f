"""Right and wrong answers to the exercises of lecture 04."""

import numpy as np


def one_filter(image, kernel, bias):
    kh, kw, _ = kernel.shape
    output = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i, j in np.ndindex(output.shape):
        output[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel) + bias
    return output


def changed(before=lambda image, kernel, bias: (image, kernel, bias), after=lambda output: output):
    """`one_filter` with something done to what goes in or to what comes out."""
    return lambda image, kernel, bias: after(one_filter(*before(image, kernel, bias)))


def as_lists(image, kernel, bias):
    return one_filter(image, kernel, bias).tolist()


def maps_apart(image, kernel, bias):
    channels = range(image.shape[-1])
    return np.stack([one_filter(image[..., [c]], kernel[..., [c]], bias) for c in channels], axis=-1)


def one_at(row, column, value=1):
    kernel = np.zeros((3, 3))
    kernel[row, column] = value
    return kernel


RIGHT = {
    "04.by_hand": [[[-1, 2], [6, -1]], np.array([[-1.0, 2], [6, -1]])],
    "04.middle": [9, 9.0, np.float32(9)],
    "04.move_right": [one_at(1, 0), one_at(1, 0).tolist()],
    "04.output_shape": [(298, 445, 16), [298, 445, 16]],
    "04.weights": [550, 550.0, 10 * (3 * 3 * 6 + 1)],
    "04.one_filter": [one_filter, as_lists],
}

WRONG = [
    ("04.by_hand", np.zeros((2, 2)), "index"),
    ("04.by_hand", [[3, 6], [0, 3]], "turned the kernel round"),
    ("04.by_hand", [[1, 6], [0, 1]], "by columns"),
    ("04.by_hand", [[-1, 6], [2, -1]], "swapped"),
    ("04.by_hand", [[5, 2], [8, 7]], "sign"),
    ("04.by_hand", [-1, 2, 6, -1], "two rows"),
    ("04.by_hand", [[-1, 2, 1], [6, -1, 0], [2, 9, 4]], "padded"),
    ("04.by_hand", [[-1, 2], [6, 1]], r"index \(1, 1\)"),
    ("04.by_hand", "−1 2 6 −1", "numbers|shape"),
    ("04.middle", 0, "is not 0"),
    ("04.middle", 8, "edge filter"),
    ("04.middle", 5, "four neighbours"),
    ("04.middle", -9, "sign"),
    ("04.middle", 1, "−7"),
    ("04.middle", 10, "is not 10"),
    ("04.middle", [9, 9], "one number"),
    ("04.move_right", np.zeros((3, 3)), "turns the row"),
    ("04.move_right", one_at(1, 1), "where it is"),
    ("04.move_right", one_at(1, 2), "to the left"),
    ("04.move_right", one_at(0, 1), "moves the picture down"),
    ("04.move_right", one_at(2, 1), "moves the picture up"),
    ("04.move_right", one_at(1, 0, 2), "2 times as bright"),
    ("04.move_right", one_at(0, 0), "turns the row"),
    ("04.move_right", [1, 0, 0], r"shape \(3,\)"),
    ("04.move_right", [[0, 0, 0], [1, 0]], "table of numbers|shape"),
    ("04.move_right", "sobel", "table of numbers"),
    ("04.output_shape", (0, 0, 0), "index 0"),
    ("04.output_shape", (298, 445, 3), "one channel for each filter"),
    ("04.output_shape", (298, 445, 48), "not 48"),
    ("04.output_shape", (445, 298, 16), "Height comes first"),
    ("04.output_shape", (294, 449, 16), "3 rows and 7 columns"),
    ("04.output_shape", (16, 298, 445), "channels come last"),
    ("04.output_shape", (297, 444, 16), "one too few"),
    ("04.output_shape", (300, 451, 16), "with padding"),
    ("04.output_shape", (298, 445), "channels are missing"),
    ("04.output_shape", (1, 298, 445, 16), "batch axis"),
    ("04.weights", 0, "is not 0"),
    ("04.weights", 540, "bias for each filter"),
    ("04.weights", 541, "each filter has its own"),
    ("04.weights", 600, "not one for each of its channels"),
    ("04.weights", 546, "there are 10 of them"),
    ("04.weights", 280, "six maps"),
    ("04.weights", 270, "six maps"),
    ("04.weights", 100, "six channels"),
    ("04.weights", 90, "biases count too"),
    ("04.weights", 1510, "not 5×5"),
    ("04.weights", 55, "There are ten"),
    ("04.weights", 54, "There are ten"),
    ("04.one_filter", changed(after=np.zeros_like), "index"),
    ("04.one_filter", changed(lambda i, k, b: (i, k, 0)), "forgot the bias"),
    ("04.one_filter", changed(lambda i, k, b: (i, k, b * i.shape[-1])), "once for each channel"),
    ("04.one_filter", changed(lambda i, k, b: (i, k, b * k.size)), "every product"),
    ("04.one_filter", changed(lambda i, k, b: (i, k[::-1, ::-1], b)), "turned the kernel"),
    ("04.one_filter", changed(lambda i, k, b: (i[..., :1], k[..., :1], b)), "only the first channel"),
    ("04.one_filter", changed(lambda i, k, b: (i, k / i.shape[-1], b)), "mean of the channels"),
    ("04.one_filter", maps_apart, "one map for each channel"),
    ("04.one_filter", changed(after=np.transpose), "Rows and columns"),
    ("04.one_filter", changed(after=lambda output: output[:-1, :-1]), "last row"),
    ("04.one_filter", changed(after=lambda output: output[..., None]), "axis too many"),
    ("04.one_filter", changed(lambda i, k, b: (np.pad(i, ((1, 1), (1, 1), (0, 0))), k, b)), "shape"),
    ("04.one_filter", lambda image, kernel, bias: image.sum(), "shape"),
    ("04.one_filter", lambda image, kernel: 0, "TypeError"),
    ("04.one_filter", lambda image, kernel, bias: None, "return"),
    ("04.one_filter", 3, "function itself"),
]
