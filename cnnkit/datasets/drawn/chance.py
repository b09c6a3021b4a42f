"""Random numbers that stay the same: on every machine, in every version of NumPy.

NumPy promises that the *bits* of a bit generator never change, but not that `Generator.normal` keeps its
algorithm. So pictures are drawn from the bits alone, through the few simple rules in this file.
"""

import math

import numpy as np


class Chance:
    """A stream of random numbers that belongs to one key.

    Args:
        *key: non-negative ints, such as (seed, picture, layer). Streams of different keys are independent, so
            another picture, or another layer of the same picture, never shifts this one's numbers.
    """

    def __init__(self, *key):
        self._bits = np.random.PCG64(np.random.SeedSequence(key))
        self._pool = iter(())

    def random(self):
        """A float in [0, 1)."""
        for value in self._pool:
            return value
        self._pool = iter(self.array(64).tolist())
        return next(self._pool)

    def uniform(self, low, high):
        """A float in [low, high)."""
        return low + (high - low) * self.random()

    def integer(self, low, high):
        """An int in low … high, both included."""
        return low + int(self.random() * (high - low + 1))

    def happens(self, probability):
        """True with this probability."""
        return self.random() < probability

    def choose(self, options, weights=None):
        """One of `options`; with `weights` (floats that sum to 1), not all equally likely."""
        if weights is None:
            return options[int(self.random() * len(options))]
        left = self.random()
        for option, weight in zip(options, weights, strict=True):
            left -= weight
            if left < 0:
                return option
        return options[-1]

    def order(self, count):
        """The ints 0 … count − 1 in random order."""
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = int(self.random() * (last + 1))
            order[last], order[other] = order[other], order[last]
        return order

    def array(self, *shape):
        """Floats in [0, 1) of this shape."""
        count = math.prod(shape)
        return ((self._bits.random_raw(count) >> np.uint64(11)) * 2.0**-53).reshape(shape)

    def bytes(self, *shape):
        """Ints 0 … 255 of this shape, dtype uint8."""
        count = math.prod(shape)
        words = self._bits.random_raw((count + 7) // 8).astype("<u8")  # one byte order for all machines
        return words.view(np.uint8)[:count].reshape(shape)
