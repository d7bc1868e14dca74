"""The figure of learning rates and momenta, in a browser and behind it.

Feared: rows and columns of the grid swapped, so that a slider shows another setting's numbers; a standard deviation
with n in place of n - 1, or a band of the standard error; an infinite loss that makes JSON no browser reads; a
slider that the keyboard does not move.
"""

import json

import d2l_utils as d2l
from d2l_utils.figures import _learning_rates, _modules, _stored

import numpy as np
import pytest
from playing import IN_BROWSER, MODES
from test_figures import in_node

pytestmark = pytest.mark.whole

LRS, MOMENTA = [0.02, 0.2, 2], [0, 0.9]
NAMES = ["no dropout", "dropout 0.5"]
# Every setting has numbers of its own: momentum in the tenths, learning rate in the hundredths, dropout behind them.
RUNS = {
    name: [[[a / 10 + b / 100 + k / 500, a / 10 + b / 100 + k / 500 + 0.004] for b in range(3)] for a in (3, 7)]
    for k, name in enumerate(NAMES)
}
LOSS = {name: (2 - np.array(values)).tolist() for name, values in RUNS.items()}
PLAYED = f"d2l.figures.learning_rates({LRS}, {MOMENTA}, accuracy={RUNS}, loss={LOSS})"


def shown(monkeypatch, **changes):
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append(data))
    arguments = {"lrs": LRS, "momenta": MOMENTA, "accuracy": RUNS, "loss": LOSS} | changes
    d2l.figures.learning_rates(**arguments)
    return outputs[0]


def test_what_is_stored(monkeypatch):
    output = shown(monkeypatch)
    assert output == shown(monkeypatch)
    assert "0.02 to 2, at momentum 0.9" in output["text/plain"]
    assert "at 0.2 accuracy 0.712 (no dropout), accuracy 0.714 (dropout 0.5), loss 1.288" in output["text/plain"]
    stored = json.loads(output[_modules.MIME]["data"])
    assert (stored["lr"], stored["momentum"]) == (0.2, 0.9)
    assert stored["panels"]["accuracy"]["no dropout"]["mean"][0] == [0.302, 0.312, 0.322]
    assert stored["panels"]["loss"]["dropout 0.5"]["sd"][1] == [0.003] * 3, "0.004 / sqrt(2)"


def test_the_picture_shows_means_and_bands(monkeypatch):
    data = json.loads(shown(monkeypatch)[_modules.MIME]["data"])
    fig = _learning_rates._picture(data, 1, 1)
    curve = fig.axes[0].lines[0].get_xydata()
    np.testing.assert_allclose(curve, np.transpose([LRS, [0.702, 0.712, 0.722]]))
    band = fig.axes[0].collections[0].get_paths()[0].vertices
    np.testing.assert_allclose([band[:, 1].min(), band[:, 1].max()], [0.699, 0.725])
    d2l.plt.close(fig)


NEEDED = "must be finite, of shape (len(momenta), len(lrs), seeds) = (2, 3, '2 or more')"


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"lrs": [0.2]}, ValueError, "lrs must be two or more, increasing, got [0.2]"),
        ({"lrs": [0.2, 0.02, 2]}, ValueError, "lrs must be two or more, increasing, got [0.2, 0.02, 2]"),
        ({"lrs": [0, 0.2, 2]}, ValueError, "lrs must be learning rates > 0, got 0"),
        ({"momenta": [0, 1]}, ValueError, "momenta must be momenta in [0, 1), got 1"),
        ({"momenta": ["0", 0.9]}, TypeError, "momenta must be momenta in [0, 1), got '0' (str)"),
        ({"accuracy": [1]}, TypeError, "accuracy must be a dict of arrays, got list"),
        ({"accuracy": {"a": 1}}, ValueError, "accuracy must hold the same two names as accuracy, got ['a']"),
        (
            {"loss": dict(reversed(LOSS.items()))},
            ValueError,
            "loss must hold the same two names as accuracy, got ['dropout 0.5', 'no dropout']",
        ),
        (
            {"loss": LOSS | {"no dropout": np.full((2, 3, 5), np.inf)}},
            ValueError,
            f"loss['no dropout'] {NEEDED}, got shape (2, 3, 5) and 30 values that are not finite",
        ),
        (
            {"accuracy": RUNS | {"no dropout": np.ones((3, 2, 5))}},
            ValueError,
            f"accuracy['no dropout'] {NEEDED}, got shape (3, 2, 5) and 0 values that are not finite",
        ),
    ],
)
def test_learning_rates_refuses(changes, error, sentence):
    arguments = {"lrs": LRS, "momenta": MOMENTA, "accuracy": RUNS, "loss": LOSS} | changes
    with pytest.raises(error) as refused:
        d2l.figures.learning_rates(**arguments)
    assert str(refused.value) == f"learning_rates: {sentence}"


def test_the_module_computes(tmp_path):
    runs = json.dumps({"a": {"mean": [[0.5], [0.62]], "sd": [[0.02], [0.1]]}})
    expression = f"[m.range({runs}), m.effective(0.02, 0.9), m.effective(0.002, 0.99), m.effective(0.2, 0)]"
    assert in_node(tmp_path, "learning_rates", expression) == [[0.4, 0.8], 0.2, 0.2, 0.2]


# On the site.


@IN_BROWSER
def test_nothing_is_wrong_on_the_page(seen):
    assert seen["complaints"] == []
    assert seen["no script"] == {"figures": 0, "pictures": 1}


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_the_figure_follows_its_sliders(seen, mode):
    assert seen[mode]["onScreen"] == {"figures": 1, "pictures": 0}
    assert seen[mode]["problems"] == []
    (steps,) = seen[mode]["plays"]
    # At first; then Home, End and ArrowLeft on the learning rate, then on the momentum.
    positions = [(0.2, 0.9), (0.02, 0.9), (2, 0.9), (0.2, 0.9), (0.2, 0), (0.2, 0.9), (0.2, 0)]
    for step, (lr, momentum) in zip(steps, positions, strict=True):
        assert step["sliders"] == [f"{lr:g}", f"{momentum:g}"]
        told = step["told"]
        assert float(told["effective learning rate"]) == pytest.approx(lr / (1 - momentum))
        for quantity, runs in (("accuracy", RUNS), ("loss", LOSS)):
            for name in NAMES:
                values = runs[name][MOMENTA.index(momentum)][LRS.index(lr)]
                mean, sd = (float(number) for number in told[f"{quantity}, {name}"].split(" ± "))
                assert (mean, sd) == (pytest.approx(np.mean(values), abs=6e-4), 0.003)
                assert told[f"{quantity}, {name}"] in step["words"][quantity == "loss"]
        assert not step["overflows"]
        assert step["background"] == "rgb(255, 255, 255)"
        assert step["drawn"][0].count("<polygon") == 2
        assert step["drawn"][0].count("<circle") == 2
