"""Right and wrong answers to the exercises of lecture 02."""

import numpy as np


def dense(images, kernel, bias):
    return np.maximum(images.reshape(len(images), -1) @ kernel + bias, 0)


def shift(image, rows, columns):
    height, width = image.shape
    wide = np.pad(image, ((height, height), (width, width)))
    top = np.clip(height - rows, 0, 2 * height)
    left = np.clip(width - columns, 0, 2 * width)
    return wide[top : top + height, left : left + width]


LYING = [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]

RIGHT = {
    "02.inner_product": [0, 0.0, np.int64(0)],
    "02.weights": [9_000_300],
    "02.place": [lambda row, column, width: row * width + column],
    "02.dense": [dense],
    "02.template": [LYING, np.array(LYING) * 2.5, [[-1, 0, -1], [2, 0, 2], [-1, 0, -1]]],
    "02.shift": [shift],
    "02.shuffle": [("same", "worse", "worse", "same"), ["Same", " worse", "WORSE", "same"]],
}

WRONG = [
    ("02.inner_product", 6, "upright bar"),
    ("02.inner_product", 4, "without signs"),
    ("02.inner_product", 2, "middle pixel alone"),
    ("02.inner_product", -2, "corners alone"),
    ("02.inner_product", 5, "not 5"),
    ("02.inner_product", [0, 2, 0], "one number"),
    ("02.weights", 9_000_000, "bias as well"),
    ("02.weights", 9_000_001, "its own"),
    ("02.weights", 9_030_000, "not one for each pixel"),
    ("02.weights", 3_000_000, "three numbers in each pixel. And"),
    ("02.weights", 3_000_300, "three numbers in each pixel"),
    ("02.weights", 0, "not 0"),
    ("02.place", lambda row, column, width: column * width + row, "swapped"),
    ("02.place", lambda row, column, width: row * width + column + 1, "counted from 0"),
    ("02.place", lambda row, column, width: row * 28 + column, "Use `width`"),
    ("02.place", lambda row, column, width: row + column, "whole row"),
    ("02.place", lambda row, column, width: 0, "differs|not|should|returned"),
    ("02.place", lambda row, column, width: None, "returned None"),
    ("02.place", 87, "function itself"),
    ("02.dense", lambda x, k, b: x.reshape(len(x), -1) @ k + b, "ReLU is missing"),
    ("02.dense", lambda x, k, b: dense(x, k, 0 * b), "bias is missing"),
    ("02.dense", lambda x, k, b: dense(x, k, 0 * b) + b, "after ReLU"),
    ("02.dense", lambda x, k, b: dense(x, k, -b), "subtracted"),
    ("02.dense", lambda x, k, b: dense(x.swapaxes(1, 2), k, b), "column by column"),
    ("02.dense", lambda x, k, b: 0 * dense(x, k, b), "index"),
    ("02.dense", lambda x, k, b: np.maximum(x.ravel() @ k + b, 0), "ValueError|shape"),
    ("02.template", np.transpose(LYING), "upright bar"),
    ("02.template", [[0, 0, 0], [1, 1, 1], [0, 0, 0]], "add up to 0"),
    ("02.template", np.zeros((3, 3)), "at least 3 more"),
    ("02.template", [[3, -6, -3], [2, 1, 3], [-3, 0, 3]], "diagonal"),
    ("02.template", LYING[:2], "shape"),
    ("02.template", np.full((3, 3), np.nan), "not a number"),
    ("02.template", "lying", "3 × 3 numbers"),
    ("02.shift", lambda x, r, c: np.roll(x, (r, c), axis=(0, 1)), "comes in again"),
    ("02.shift", lambda x, r, c: shift(x, c, r), "swapped"),
    ("02.shift", lambda x, r, c: shift(x, -r, -c), "wrong way"),
    ("02.shift", lambda x, r, c: x, "not moved"),
    ("02.shift", lambda x, r, c: 0 * x, "index"),
    ("02.shift", lambda x, r, c: shift(x, r, c)[1:], "shape"),
    ("02.shuffle", ("worse", "worse", "worse", "same"), "knows no neighbours"),
    ("02.shuffle", ("same", "same", "worse", "same"), "little in common"),
    ("02.shuffle", ("same", "worse", "same", "same"), "same pixel twice"),
    ("02.shuffle", ("same", "worse", "worse", "worse"), "neighbours stay"),
    ("02.shuffle", ("same", "worse"), "four words"),
    ("02.shuffle", ("same", "worse", "worse", "better"), "none of the two"),
]
