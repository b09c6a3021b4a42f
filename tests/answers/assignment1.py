"""Right and wrong answers to assignment A1: what the check says to each, and which graded cells it loses."""

import numpy as np

CORRELATE2D = """
def correlate2d(image, kernel):
    image, kernel = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    output = np.zeros((rows, columns))
    for p in range(kernel.shape[0]):
        for q in range(kernel.shape[1]):
            output += kernel[p, q] * image[p : p + rows, q : q + columns]
    return output
"""

PAD_SAME = """
def pad_same(image, kernel_size, strides=1):
    import math

    before, after = [0, 0], [0, 0]
    for axis in (0, 1):
        n, k = image.shape[axis], kernel_size[axis]
        while before[axis] + n + after[axis] < (math.ceil(n / strides) - 1) * strides + k:
            if before[axis] == after[axis]:
                after[axis] += 1
            else:
                before[axis] += 1
    output = np.zeros([b + n + a for b, n, a in zip(before, image.shape, after)])
    output[before[0] : before[0] + image.shape[0], before[1] : before[1] + image.shape[1]] = image
    return output
"""

FILTER2D = """
def filter2d(image, kernel, strides=1, padding="valid"):
    if padding == "same":
        image = pad_same(image, kernel.shape, strides)
    elif padding != "valid":
        raise ValueError("valid or same")
    (height, width), (kh, kw) = image.shape, kernel.shape
    return np.array([
        [np.sum(image[i : i + kh, j : j + kw] * kernel) for j in range(0, width - kw + 1, strides)]
        for i in range(0, height - kh + 1, strides)
    ])
"""

POOL2D = """
def pool2d(image, pool_size=2, strides=None, kind="max"):
    windows = np.lib.stride_tricks.sliding_window_view(image, (pool_size, pool_size))
    windows = windows[:: strides or pool_size, :: strides or pool_size]
    return windows.max(axis=(2, 3)) if kind == "max" else windows.mean(axis=(2, 3))
"""

CONV2D = """
def conv2d(images, kernel, bias):
    n, channels, filters = len(images), kernel.shape[2], kernel.shape[3]
    maps = [
        [sum(correlate2d(images[i, :, :, c], kernel[:, :, c, f]) for c in range(channels)) + bias[f]
         for f in range(filters)]
        for i in range(n)
    ]
    return np.moveaxis(np.array(maps), 1, -1)
"""

# Other ways to the same numbers than those of the solution.
RIGHT_CODE = {
    "correlate2d": [
        CORRELATE2D,
        """
def correlate2d(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.einsum("ijpq,pq->ij", windows, kernel)
""",
    ],
    "pad_same": [PAD_SAME],
    "filter2d": [FILTER2D],
    "pool2d": [POOL2D],
    "conv2d": [
        CONV2D,
        """
def conv2d(images, kernel, bias):
    def one(image, weights):
        return sum(filter2d(image[..., c], weights[..., c]) for c in range(image.shape[-1]))

    return np.stack([np.stack([one(x, kernel[..., f]) for x in images]) for f in range(len(bias))], axis=-1) + bias
""",
    ],
}


def changed(code, *replacements):
    for old, new in replacements:
        assert old in code, old
        code = code.replace(old, new)
    return code


# task, code, what the check says, the graded cells that are lost (after the dash of their names)
WRONG_CODE = [
    (
        "correlate2d",
        changed(CORRELATE2D, ("kernel[p, q] *", "kernel[-1 - p, -1 - q] *")),
        "turn the kernel round",
        "example sizes",
    ),
    (
        "correlate2d",
        changed(CORRELATE2D, ("+ 1, image", ", image"), ("[1] + 1", "[1]")),
        "last row",
        "example sizes bytes",
    ),
    (
        "correlate2d",
        "def correlate2d(image, kernel):\n"
        "    kh, kw = kernel.shape\n"
        "    output = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))\n"
        "    for i, j in np.ndindex(output.shape):\n"
        "        output[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)\n"
        "    return output\n",
        "a byte ends at 255",
        "bytes",
    ),
    (
        "correlate2d",
        changed(CORRELATE2D, ("return output", "return output / kernel.size")),
        "mean",
        "example sizes bytes",
    ),
    (
        "correlate2d",
        changed(CORRELATE2D, ("image[p :", "table[p :")),
        "stopped with|not right",
        "sizes bytes",
    ),
    (
        "correlate2d",
        changed(CORRELATE2D, ("return output", "return np.zeros_like(output)")),
        "differs",
        "example sizes bytes",
    ),
    (
        "correlate2d",
        changed(CORRELATE2D, ("return output", "return output.astype('float32')")),
        "float64",
        "bytes",
    ),
    (
        "correlate2d",
        changed(
            CORRELATE2D,
            (
                "np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)",
                "np.asarray(image), kernel * 1.0",
            ),
            ("    return output", "    if image.dtype == float:\n        image *= 0\n    return output"),
        ),
        "changes the array",
        "bytes",
    ),
    (
        "correlate2d",
        "from scipy.signal import correlate2d\n",
        "scipy",
        "example sizes bytes",
    ),
    (
        "correlate2d",
        "from scipy import signal\n"
        "def correlate2d(image, kernel):\n"
        "    return signal.correlate2d(image.astype(float), kernel.astype(float), mode='valid')\n",
        "scipy.signal",
        "example sizes bytes",
    ),
    (
        "correlate2d",
        "def correlate2d(image, kernel):\n"
        "    from cnnkit.scratch import correlate2d\n"
        "    return correlate2d(image * 1.0, kernel * 1.0)\n",
        "import cnnkit",
        "example sizes bytes",
    ),
    (
        "correlate2d",
        "def same(image, kernel):\n    return np.zeros(image.shape)\n"
        "def correlate2d(image, kernel):\n    return same(image, kernel)\n",
        "shape",
        "example sizes bytes",
    ),
    (
        "pad_same",
        changed(PAD_SAME, ("after[axis] += 1", "before[axis] += 0.5; after[axis] += 0.5")),
        "stopped with",
        "example even strides",
    ),
    (
        "pad_same",
        changed(PAD_SAME, ("if before[axis] == after[axis]:", "if before[axis] > after[axis]:")),
        "wrong side",
        "even strides",
    ),
    (
        "pad_same",
        changed(PAD_SAME, ("ceil(n / strides) - 1) * strides", "ceil(n / 1) - 1) * 1")),
        "strides",
        "strides",
    ),
    (
        "pad_same",
        "def pad_same(image, kernel_size, strides=1):\n"
        "    return np.pad(image, [(k // 2, k // 2) for k in kernel_size])\n",
        "odd kernels and a stride of 1",
        "even strides",
    ),
    (
        "pad_same",
        changed(PAD_SAME, ("kernel_size[axis]", "kernel_size[1 - axis]")),
        "swapped",
        "even strides",
    ),
    (
        "pad_same",
        changed(PAD_SAME, ("np.zeros([", "image.mean() + np.zeros([")),
        "not right",
        "example even strides",
    ),
    (
        "pad_same",
        "def pad_same(image, kernel_size, strides=1):\n    return [(k // 2, k // 2) for k in kernel_size]\n",
        "shape|numbers of zeros",
        "example even strides",
    ),
    (
        "pad_same",
        "def pad_same(image, kernel_size, strides=1):\n    return image\n",
        "shape",
        "example even strides",
    ),
    (
        "pad_same",
        "def pad_same(image, kernel_size, strides=1):\n"
        "    pads = []\n"
        "    for n, k in zip(image.shape, kernel_size):\n"
        "        total = (-(-n // strides) - 1) * strides + k - n\n"
        "        pads.append((total // 2, total - total // 2))\n"
        "    return np.pad(image, pads)\n",
        "stopped with ValueError",
        "strides",
    ),
    (
        "filter2d",
        changed(FILTER2D, (", strides)]", ")]"), (", strides)\n", ")\n")),
        "strides",
        "strides same",
    ),
    (
        "filter2d",
        changed(FILTER2D, ("(image, kernel.shape, strides)", "(image, kernel.shape)")),
        "stride of 1",
        "same",
    ),
    (
        "filter2d",
        changed(FILTER2D, ('raise ValueError("valid or same")', "pass")),
        "Raise a ValueError",
        "refuses",
    ),
    (
        "filter2d",
        changed(FILTER2D, ('raise ValueError("valid or same")', "assert False")),
        "AssertionError",
        "refuses",
    ),
    (
        "filter2d",
        "def filter2d(image, kernel, strides=1, padding='valid'):\n    raise ValueError(padding)\n",
        "stopped with ValueError",
        "strides same refuses",
    ),
    (
        "filter2d",
        changed(FILTER2D, ("image = pad_same(image, kernel.shape, strides)", "pass")),
        "`padding`",
        "same",
    ),
    (
        "filter2d",
        changed(FILTER2D, ("kw + 1, strides)", "kw, strides)"), ("kh + 1, strides)", "kh, strides)")),
        "last windows|shape",
        "strides same refuses",
    ),
    (
        "filter2d",
        "def filter2d(image, kernel, strides=1, padding='valid'):\n"
        "    if padding not in ('valid', 'same'):\n        raise ValueError(padding)\n"
        "    return correlate2d(image, kernel)[::strides, ::strides]\n",
        "`padding`",
        "same",
    ),
    ("filter2d", changed(FILTER2D, ("np.sum(", "np.max(")), "not right", "strides same"),
    ("pool2d", changed(POOL2D, ('if kind == "max"', "if kind")), "`kind`", "average"),
    ("pool2d", changed(POOL2D, ("windows.mean(", "windows.sum(")), "sum", "average"),
    ("pool2d", changed(POOL2D, ("strides or pool_size", "pool_size")), "`strides`", "strides"),
    (
        "pool2d",
        changed(POOL2D, ("strides or pool_size", "strides or 1")),
        "side by side",
        "example average strides signs",
    ),
    ("pool2d", changed(POOL2D, (".max(axis=(2, 3))", ".max(axis=(2, 3), initial=0)")), "negative", "signs"),
    (
        "pool2d",
        changed(POOL2D, (".max(axis=(2, 3))", ".min(axis=(2, 3))")),
        "smallest",
        "example strides signs",
    ),
    (
        "pool2d",
        "def pool2d(image, pool_size=2, strides=None, kind='max'):\n"
        "    step = strides or pool_size\n"
        "    take = np.max if kind == 'max' else np.mean\n"
        "    rows, columns = (range(0, n, step) for n in image.shape)\n"
        "    return np.array([[take(image[i : i + pool_size, j : j + pool_size]) for j in columns] for i in rows])\n",
        "hang over the end",
        "strides",
    ),
    (
        "pool2d",
        "def pool2d(image, pool_size=2, strides=None, kind='max'):\n"
        "    take = np.max if kind == 'max' else np.mean\n"
        "    rows, columns = (n // pool_size for n in image.shape)\n"
        "    blocks = image[: rows * pool_size, : columns * pool_size]\n"
        "    return take(blocks.reshape(rows, pool_size, columns, pool_size), axis=(1, 3))\n",
        "`strides`",
        "strides",
    ),
    (
        "pool2d",
        "def pool2d(image, pool_size=2, strides=None, kind='max'):\n"
        "    from skimage.measure import block_reduce\n"
        "    return block_reduce(image, pool_size, np.max)\n",
        "import skimage",
        "example average strides signs",
    ),
    ("conv2d", changed(CONV2D, (" + bias[f]", "")), "forgot the bias", "bias"),
    (
        "conv2d",
        changed(CONV2D, ("kernel[:, :, c, f])", "kernel[:, :, c, f]) + bias[f]"), (" + bias[f]\n", "\n")),
        "once for each channel",
        "bias",
    ),
    (
        "conv2d",
        changed(CONV2D, ("kernel[:, :, c, f]", "kernel[::-1, ::-1, c, f]")),
        "turned the kernel",
        "values",
    ),
    ("conv2d", changed(CONV2D, ("range(channels)", "range(1)")), "first channel", "shape values bias"),
    (
        "conv2d",
        changed(CONV2D, ("np.moveaxis(np.array(maps), 1, -1)", "np.array(maps)")),
        "channels come first",
        "shape values bias",
    ),
    ("conv2d", changed(CONV2D, ("range(n)", "range(1)")), "first picture", "shape values bias"),
    (
        "conv2d",
        changed(CONV2D, ("kernel[:, :, c, f]", "kernel[:, :, f, c]")),
        "stopped with IndexError",
        "shape values bias",
    ),
    (
        "conv2d",
        changed(CONV2D, ("kernel[:, :, c, f])", "kernel[:, :, c, f] / channels)")),
        "mean of the channels",
        "shape values bias",
    ),
]


def load(code, task):
    """The student's function, as if it had been written in the notebook, after right answers to the earlier tasks."""
    names = {
        "__name__": "__main__",
        "np": np,
        "math": __import__("math"),
        "table": np.arange(1, 10).reshape(3, 3),
    }
    names["sliding_window_view"] = np.lib.stride_tricks.sliding_window_view
    for earlier in (CORRELATE2D, PAD_SAME, FILTER2D):
        exec(earlier, names)
    exec(code, names)
    return names[task]


RIGHT = {f"A1.{task}": [load(code, task) for code in codes] for task, codes in RIGHT_CODE.items()}
WRONG = [(f"A1.{task}", load(code, task), message) for task, code, message, _ in WRONG_CODE]
