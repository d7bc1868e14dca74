"""The figure of polynomial fits; polynomial_fit.js draws the same examples and fits them for every slider."""

import math

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

import numpy as np
from numpy.polynomial import legendre, polynomial

_MAX_DEGREE = 12
_NUM_TRAIN = (20, 30, 50, 100, 200)
_NUM_VALID = 100


def polynomial_fit(coefficients, noise, *, degree=3, num_examples=20):
    """Show a polynomial fitted to noisy examples, beside the training and validation error of every degree.

    Readers move the degree and the number of examples and draw new ones, in JupyterLab and on the site.

    Parameters
    ----------
    coefficients : sequence of one to thirteen floats
        The curve behind the examples, w0 + w1 x + w2 x**2 + ..., for x in [-1, 1].
    noise : float > 0
        The standard deviation of what is added to it.
    degree : int in [0, 12]
        Where the slider of the degree stands at first.
    num_examples : 20, 30, 50, 100 or 200
        Where the slider of the examples stands at first.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If it is not as said above.

    Notes
    -----
    Least squares in the basis of Legendre's polynomials, in which rounding does no harm up to degree 12. The errors
    are mean squared errors, those for validation over 100 other examples; new examples leave the number of the
    earlier ones as it was. They come from a small generator that is the same in every browser, not from MXNet's or
    NumPy's stream.

    References
    ----------
    Box and Muller, A note on the generation of random normal deviates, Annals of Mathematical Statistics 29 (1958).

    Introduced in: notebooks/07-underfitting-overfitting.ipynb
    """
    w = _checked(coefficients, noise, degree, num_examples)
    study = _study(w, noise, draw=0, count=num_examples)
    training, validation = study["training"], study["validation"]
    alt = (
        f"Two panels: a polynomial of degree {degree} through {num_examples} examples; and the mean squared error of "
        f"degrees 0 to {_MAX_DEGREE}: at degree {degree} training {training[degree]:.2f} and validation "
        f"{validation[degree]:.2f}, the lowest validation error {min(validation):.2f} at degree {study['best']}."
    )
    data = {"coefficients": w, "noise": noise, "degree": degree, "num_examples": num_examples}
    _stored.show("polynomial_fit", data, fig=_picture(study, w, noise, degree), alt=alt)


def _checked(coefficients, noise, degree, num_examples):
    """Give the coefficients as a list of floats; raise on what cannot be drawn."""
    for coefficient in coefficients:
        _validation.number(
            "polynomial_fit", "coefficients", coefficient, allowed="finite numbers", within=math.isfinite
        )
    if not 1 <= len(coefficients) <= _MAX_DEGREE + 1:
        raise ValueError(f"polynomial_fit: coefficients must be 1 to {_MAX_DEGREE + 1}, got {len(coefficients)}")
    _validation.number("polynomial_fit", "noise", noise, allowed="> 0", within=lambda sd: 0 < sd < math.inf)
    choices = {"degree": (degree, range(_MAX_DEGREE + 1)), "num_examples": (num_examples, _NUM_TRAIN)}
    for name, (value, values) in choices.items():
        _validation.integer("polynomial_fit", name, value, at_least=values[0])
        if value not in values:
            raise ValueError(f"polynomial_fit: {name} must be one of {', '.join(map(str, values))}, got {value!r}")
    return [float(coefficient) for coefficient in coefficients]


def _uniforms(count):
    """Give the first numbers in (0, 1) that polynomial_fit.js draws."""
    state, numbers = 1, []
    for _ in range(count):
        state = state * 48271 % 2147483647
        numbers.append(state / 2147483647)
    return np.array(numbers)


def _examples(w, noise, draw):
    """Give x and y of a draw, first those to learn from, then those for validation."""
    count = _NUM_TRAIN[-1] + _NUM_VALID
    numbers = _uniforms(3 * count * (draw + 1))[3 * count * draw :].reshape(count, 3)
    x = 2 * numbers[:, 0] - 1
    normal = np.sqrt(-2 * np.log(numbers[:, 1])) * np.cos(2 * np.pi * numbers[:, 2])
    return x, polynomial.polyval(x, w) + noise * normal


def _study(w, noise, *, draw, count):
    """Give what is shown of a draw: the examples, the coefficients and the two errors of every degree."""
    x, y = _examples(w, noise, draw)
    known, new = (x[:count], y[:count]), (x[-_NUM_VALID:], y[-_NUM_VALID:])
    fits = [np.linalg.lstsq(legendre.legvander(known[0], d), known[1], rcond=None)[0] for d in range(_MAX_DEGREE + 1)]
    errors = [[float(((legendre.legval(x, c) - y) ** 2).mean()) for c in fits] for x, y in (known, new)]
    best = int(np.argmin(errors[1]))
    return {"examples": known, "fits": fits, "training": errors[0], "validation": errors[1], "best": best}


def _picture(study, w, noise, degree):
    """Draw what the module draws at first."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 2.8))
    grid = np.linspace(-1, 1, 201)
    left.plot(grid, polynomial.polyval(grid, w), color="grey", linestyle="--", marker="", label="without noise")
    left.plot(*study["examples"], color=COLORS[0], linestyle="")
    fitted = legendre.legval(grid, study["fits"][degree])
    left.plot(grid, fitted, color=COLORS[1], linestyle="-", marker="", label=f"degree {degree}")
    truth = polynomial.polyval(grid, w)
    left.set(xlabel="x", ylabel="y", ylim=(truth.min() - 3 * noise, truth.max() + 3 * noise))
    for name, color, dash in (("training", COLORS[0], "-"), ("validation", COLORS[1], "--")):
        right.plot(study[name], color=color, linestyle=dash, marker="", label=name)
        right.plot(degree, study[name][degree], color=color, marker="o", linestyle="", markersize=6)
    right.axhline(noise**2, color="grey", linestyle="--", marker="", label="variance of the noise")
    right.set(xlabel="degree", ylabel="mean squared error", yscale="log", ylim=(1e-2, 1e4))
    for ax in (left, right):
        ax.legend()
    return fig
