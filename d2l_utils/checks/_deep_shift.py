"""What the predicted variance shift (notebook 12, exercise 3) and new statistics (4) have to be."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given, show

import numpy as np
from mxnet import autograd, gluon, nd
from mxnet.gluon import nn

FORMULA = "It is 1 + p / (1 - p) * sum of w_i^2 * mean of h_i^2, divided by the variance of H @ w."
SWAPPED = "Keep and drop are swapped: the factor is p / (1 - p), with p the chance to drop."
CENTRED = "The noise is large where the activation is large: take the mean of its SQUARE, not its variance."
NO_ONE = "This is the noise alone: the variance that was there before is missing, 1 + ..."
NOT_SQUARED = "Variances are added up with the SQUARES of the weights."
ONE_MINUS = "The noise of inverted dropout is p / (1 - p) times the square; p alone forgets the rescaling."
NOT_ANSWERED = "Give back one number."

NETWORK = "Give back the network, with the new statistics in it."
TRAINING = "Dropout was on: send the images through outside autograd.train_mode() and autograd.record()."
OLD = "A layer behind a repaired one gets other inputs: go layer by layer, and use each new statistic at once."
ROOT = "running_var holds the variance, not its root."
UNBIASED = "Divide by the number of examples, not by one less."
BLENDED = "Nothing is left of the old statistics: no 0.9 and 0.1 here."
SWAPPED_STATISTICS = "Mean and variance are swapped."
OUTPUTS = "Take the statistics of what goes INTO the normalization, not of what comes out."
UNTOUCHED = "running_mean or running_var is as before: set both, with .set_data(...)."
LAYER_BY_LAYER = "For each layer in turn: if it is a BatchNorm, set its statistics from X; then X = layer(X)."
PARAMETERS = "A learned parameter was changed: only running_mean and running_var are new."


def check_shift(predicted_shift, H, w, drop_prob):
    """Raise unless the factor is that of the formula."""
    text = given(H=H, w=w, drop_prob=drop_prob)
    answer = call(predicted_shift, H.copy(), w.copy(), drop_prob, given=text)
    got = as_numpy(answer)
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="a number", got=show(answer), hint=NOT_ANSWERED)
    p, var, squares = drop_prob, (H @ w).var(), (H**2).mean(axis=0)
    noise = (w**2 * squares).sum() / var
    expected = 1 + p / (1 - p) * noise
    known = [
        (1 + (1 - p) / p * noise, SWAPPED),
        (1 + p / (1 - p) * (w**2 * H.var(axis=0)).sum() / var, CENTRED),
        (p / (1 - p) * noise, NO_ONE),
        (1 + p / (1 - p) * (w * squares).sum() / var, NOT_SQUARED),
        (1 + p * noise, ONE_MINUS),
        (1 / (1 - p), FORMULA),
    ]
    number = float(got.ravel()[0])
    if agree(number, expected):
        return
    hint = next((sentence for wrong, sentence in known if agree(number, wrong)), FORMULA)
    raise MistakeError(given=text, expected=f"{expected:.4g}", got=f"{number:.4g}", hint=hint)


def network(widths, drop_prob, seed):
    """Give a network with old statistics that fit nothing."""
    random = np.random.RandomState(seed)
    net = nn.HybridSequential()
    for width in widths:
        net.add(nn.Dense(width), nn.BatchNorm(), nn.Activation("relu"), nn.Dropout(drop_prob))
    net.add(nn.Dense(2))
    net.initialize()
    net(nd.zeros((1, 4)))
    for name, param in net.collect_params().items():
        values = random.normal(size=param.shape)
        param.set_data(nd.array(1 + abs(values) if "var" in name or "gamma" in name else values))
    return net


def _norms(net):
    return [layer for layer in net if isinstance(layer, nn.BatchNorm)]


def _statistics(net):
    """List mean and variance of each normalization."""
    return [part.data().asnumpy() for layer in _norms(net) for part in (layer.running_mean, layer.running_var)]


def _retake(net, X, *, sequential=True, training=False, root=False, ddof=0, keep=0, outputs=False):
    """Give the statistics after they were taken again, or those of a mistake; the network's own stay."""
    before, found = [nd.array(part) for part in _statistics(net)], []
    mode = autograd.train_mode() if training else autograd.predict_mode()
    with mode:
        for layer in net:
            if isinstance(layer, nn.BatchNorm):
                source = (layer(X) if outputs else X).asnumpy()
                var = source.var(axis=0, ddof=ddof)
                old = layer.running_mean.data().asnumpy(), layer.running_var.data().asnumpy()
                new = source.mean(axis=0), np.sqrt(var) if root else var
                new = [keep * a + (1 - keep) * b for a, b in zip(old, new, strict=True)]
                found += new
                if sequential:
                    layer.running_mean.set_data(nd.array(new[0]))
                    layer.running_var.set_data(nd.array(new[1]))
            X = layer(X)
    for layer, (mean, var) in zip(_norms(net), zip(before[::2], before[1::2], strict=True), strict=True):
        layer.running_mean.set_data(mean)
        layer.running_var.set_data(var)
    return found


def check_retake(retake_statistics, net, X):
    """Raise unless the statistics are those of `X` with dropout off, layer by layer, and nothing else has changed."""
    depth = len(_norms(net))
    text = f"{given(X=X)}, {'one hidden layer' if depth == 1 else f'{depth} hidden layers'} with batch normalization"
    expected, before = _retake(net, X), _statistics(net)
    wrongs = [
        (_retake(net, X, sequential=False), OLD),
        (_retake(net, X, root=True), ROOT),
        (_retake(net, X, ddof=1), UNBIASED),
        (_retake(net, X, keep=0.9), BLENDED),
        (_retake(net, X, outputs=True), OUTPUTS),
    ]
    learned = {name: param.data().copy() for name, param in net.collect_params().items() if "running" not in name}
    result = call(retake_statistics, net, X.copy(), given=text)
    if not isinstance(result, gluon.Block):
        raise MistakeError(given=text, expected="a network", got=type(result).__name__, hint=NETWORK)
    got, after = _statistics(result), {name: param.data() for name, param in result.collect_params().items()}
    for name, value in learned.items():
        if name not in after or not agree(after[name], value):
            raise MistakeError(
                given=text, expected="the learned parameters as before", got=f"another {name}", hint=PARAMETERS
            )

    def same(first, second):
        return all(agree(a, b, 1e-4) for a, b in zip(first, second, strict=True))

    if same(got, expected):
        return
    position = next(i for i, (a, b) in enumerate(zip(got, expected, strict=True)) if not agree(a, b, 1e-4))
    name = f"{('running_mean', 'running_var')[position % 2]} of normalization {position // 2 + 1}"
    hint = next((sentence for wrong, sentence in wrongs if same(got, wrong)), None)
    if hint is None and agree(got[position], before[position]):
        hint = UNTOUCHED
    elif hint is None and agree(got[position], expected[position ^ 1], 1e-4):
        hint = SWAPPED_STATISTICS
    elif hint is None and position > 1 and position == 2 * (position // 2):
        hint = TRAINING
    hint = hint or LAYER_BY_LAYER
    raise MistakeError(given=text, expected=f"{name}:\n{show(expected[position])}", got=got[position], hint=hint)
