"""A stand-in for Fashion-MNIST on a machine that can reach no mirror: drawn garments, the same on every machine.

Only whole numbers are used, and NumPy's `RandomState`, whose stream is frozen: the bytes depend neither on the
processor nor on the version of NumPy. The registry holds their checksums.
"""

from d2l_utils.datasets.drawing import FULL, SIDE, Pen, paint, per_image
from d2l_utils.datasets.garments import GARMENTS

import numpy as np

SEED = 20170825
_BATCH = 500  # images drawn at once: their arrays then fit the processor's cache


def draw(per_class):
    """Draw one part of the stand-in after the other.

    Parameters
    ----------
    per_class : dict of str to int
        For each part, as "train" or "test", the number of images of each of the ten classes.

    Returns
    -------
    dict of str to ndarray, uint8
        For each part its "<part>_images", shape (n, 28, 28), and "<part>_labels", shape (n,), shuffled.
    """
    rng = np.random.RandomState(SEED)
    arrays = {}
    for part, count in per_class.items():
        arrays[f"{part}_images"], arrays[f"{part}_labels"] = draw_part(count, rng)
    return arrays


def draw_part(per_class, rng):
    """Return `per_class` images of each garment and their labels, shuffled: uint8 (n, 28, 28) and (n,)."""
    images = [_draw_batch(garment, count, rng) for garment in GARMENTS for count in _batches(per_class)]
    labels = np.repeat(np.arange(len(GARMENTS), dtype=np.uint8), per_class)
    order = rng.permutation(len(labels))
    return np.concatenate(images)[order], labels[order]


def _batches(count):
    return [min(_BATCH, count - start) for start in range(0, count, _BATCH)]


def _draw_batch(garment, n, rng):
    """Return `n` images of one garment, uint8, shape (n, 28, 28)."""
    pen = Pen(rng, n)
    silhouette, details = garment(pen)
    cloth = _cloth(pen)
    for coverage, step in details:
        paint(cloth, coverage, cloth + per_image(step))
    cloth += pen.noise(5)
    return (np.clip(cloth, 40, 255) * silhouette // FULL).astype(np.uint8)


def _cloth(pen):
    """Return cloth that fills the image, shaded from side to side, plain or striped; int16, shape (n, 28, 28)."""
    tone, shade_x, shade_y = pen.whole(120, 255), pen.whole(-3, 3), pen.whole(-3, 3)
    steps = np.arange(SIDE, dtype=np.int32) - SIDE // 2
    period, depth = pen.whole(3, 7)[:, None], (pen.whole(20, 90) * pen.chance(35))[:, None]
    stripes = depth * ((steps + SIDE) // period % 2)  # (n, 28)
    upright = pen.chance(40)[:, None]
    rows = tone[:, None] + shade_y[:, None] * steps - stripes * (1 - upright)  # (n, 28)
    columns = shade_x[:, None] * steps - stripes * upright  # (n, 28)
    return rows.astype(np.int16)[:, :, None] + columns.astype(np.int16)[:, None, :]  # (n, 28, 28)
