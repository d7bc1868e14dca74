"""Draw many small grey images at once, in whole numbers only, so that the bytes are the same on every machine.

Positions are counted in sixteenths of a pixel from the middle of the image, x to the right and y downwards.
Coverage says how much of a pixel a shape fills, from 0 to `FULL`. Here live the shapes; what is drawn with them
is in `garments.py`.
"""

import numpy as np

SIDE = 28  # pixels
UNIT = 16  # positions in one pixel
FULL = 64  # the coverage of a pixel that lies wholly inside
_NORMAL = 32  # the length of an edge's normal: with it, every distance fits 16 bits
_PIXEL = UNIT * _NORMAL  # one pixel, in the units of a distance
_CENTRES = ((2 * np.arange(SIDE) + 1 - SIDE) * UNIT // 2).astype(np.int16)


class Pen:
    """Draws one shape in each of `n` images, under a position, size and slant of each image's own."""

    def __init__(self, rng, n):
        """Take the random placement of `n` images from `rng`, a `numpy.random.RandomState`."""
        self.n = n
        self._rng = rng
        self._shift_x, self._shift_y = self.vary(-2, 2), self.vary(-1.5, 1.5)
        self._size_x, self._size_y = self.whole(200, 288), self.whole(208, 280)  # 256 is the size as drawn
        self._size_x *= self.either()  # seen from the left or from the right
        self._slant = self.whole(-16, 16)  # sideways steps per 256 steps down

    def whole(self, low, high):
        """Return one random whole number in [low, high] for each image, shape (n,)."""
        return self._rng.randint(low, high + 1, size=self.n, dtype=np.int32)

    def vary(self, low, high):
        """Return one random length between `low` and `high` pixels for each image, shape (n,)."""
        return self.whole(int(low * UNIT), int(high * UNIT))

    def chance(self, percent):
        """Return, for each image, 1 with a chance of `percent` in a hundred and 0 otherwise, shape (n,)."""
        return (self.whole(0, 99) < percent).astype(np.int32)

    def either(self):
        """Return, for each image, +1 or -1 with the same chance, shape (n,)."""
        return 1 - 2 * self.chance(50)

    def noise(self, bits):
        """Return noise for every pixel, small values most often, in (-2**bits, 2**bits), shape (n, SIDE, SIDE)."""
        first, second = self._rng.randint(0, 256, size=(2, self.n, SIDE, SIDE), dtype=np.uint8)
        return (first.astype(np.int16) - second) >> (8 - bits)

    def polygon(self, corners):
        """Return the coverage of a convex polygon, its corners (x, y) in order; shape (n, SIDE, SIDE)."""
        placed = [self._place(x, y) for x, y in corners]
        turn = _orientation(placed)
        edges = zip(placed, placed[1:] + placed[:1], strict=True)
        distances = [_distance_from_edge(start, end, turn) for start, end in edges]
        nearest = distances[0]
        for distance in distances[1:]:
            np.minimum(nearest, distance, out=nearest)
        return np.clip(nearest + _PIXEL // 2, 0, _PIXEL) // (_PIXEL // FULL)

    def both_sides(self, corners):
        """Return the coverage of a convex polygon together with its mirror image, left and right swapped."""
        return np.maximum(self.polygon(corners), self.polygon([(-x, y) for x, y in corners]))

    def _place(self, x, y):
        y_placed = (y * self._size_y >> 8) + self._shift_y
        x_placed = (x * self._size_x >> 8) + self._shift_x + (y_placed * self._slant >> 8)
        return x_placed, y_placed


def per_image(values):
    """Return one number for each image, shape (n,), as 16 bits that spread over its pixels, shape (n, 1, 1)."""
    return values.astype(np.int16)[:, None, None]


def paint(canvas, coverage, tone):
    """Lay `tone`, a number or an array that fits the canvas, over `canvas` where `coverage` says; in place."""
    canvas += (tone - canvas) * coverage // FULL


def _orientation(corners):
    """Return +1 where the corners go round clockwise as seen, else -1, shape (n,)."""
    following = corners[1:] + corners[:1]
    area = sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(corners, following, strict=True))
    return np.where(area >= 0, 1, -1)


def _distance_from_edge(start, end, turn):
    """Return every pixel's distance from an edge, positive inside, in 1/`_PIXEL` of a pixel; (n, SIDE, SIDE)."""
    (x, y), (end_x, end_y) = start, end
    normal_x, normal_y = (y - end_y) * turn, (end_x - x) * turn
    longer, shorter = np.maximum(abs(normal_x), abs(normal_y)), np.minimum(abs(normal_x), abs(normal_y))
    length = np.maximum(longer + 3 * shorter // 8, 1)  # the square root, to 7 %, in whole numbers
    normal_x, normal_y = normal_x * _NORMAL // length, normal_y * _NORMAL // length
    along_x = normal_x[:, None] * (_CENTRES - x[:, None])  # (n, SIDE)
    along_y = normal_y[:, None] * (_CENTRES - y[:, None])  # (n, SIDE)
    return along_y.astype(np.int16)[:, :, None] + along_x.astype(np.int16)[:, None, :]  # (n, SIDE, SIDE)
