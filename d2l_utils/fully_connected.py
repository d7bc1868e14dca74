"""A fully connected network of any depth in NumPy, with its backward pass written out."""

from itertools import pairwise

from d2l_utils import _check_numpy, _validation
from d2l_utils.numpy_dense import affine_backward, affine_forward, relu_backward, relu_forward
from d2l_utils.numpy_layers import dropout_backward, dropout_forward
from d2l_utils.numpy_losses import softmax_loss
from d2l_utils.numpy_normalization import batchnorm_backward, batchnorm_forward

import numpy as np

MOMENTUM = 0.9  # how much of the running statistics a training pass keeps, as in Gluon


class FullyConnectedNet:
    """A classifier of any depth: affine, batch normalization if wanted, ReLU and dropout, then a last affine map.

    Parameters
    ----------
    sizes : list of two or more integers >= 1
        Numbers of inputs, of units of each hidden layer, and of classes: [784, 256, 256, 10] has two hidden layers.
    drop_prob : float in [0, 1]
        The chance that an activation of a hidden layer is ZEROED in training (not kept).
    batch_norm : bool
        Whether every hidden layer has batch normalization, between the affine map and ReLU.
    dtype : "float64" or "float32"
        Of parameters, inputs and gradients; float64 where gradients are to be checked.

    Attributes
    ----------
    params : dict
        {name: NumPy array}: W1, b1, gamma1, beta1, W2, ...; the weights from He's normal distribution, drawn from
        NumPy's stream.
    running : dict
        {number of the hidden layer: (mean, var)}, what batch normalization uses in prediction.

    Raises
    ------
    TypeError
        If `sizes` is no list, an entry or `drop_prob` no number, or `batch_norm` no bool.
    ValueError
        If `sizes` has less than two entries or one below 1, or `drop_prob` lies outside [0, 1], or `dtype` is another.

    Notes
    -----
    The order is that of the assignment: dropout after the activation, and undone first in the backward pass. In
    training the running statistics become 0.9 * running + 0.1 * that of the batch, before dropout acts on the layer.

    Examples
    --------
    >>> import numpy as np
    >>> net = FullyConnectedNet([4, 8, 8, 3], drop_prob=0.5, batch_norm=True)
    >>> loss, grads = net.loss(np.ones((5, 4)), np.array([0, 1, 2, 0, 1]))
    >>> sorted(grads) == sorted(net.params), net.predict(np.ones((5, 4))).shape
    (True, (5, 3))

    References
    ----------
    Stanford University, course CS231n, assignment 2 (a fully connected net of any depth with dropout and batch
    normalization).

    Introduced in: notebooks/12-dropout-in-deep-networks.ipynb
    """

    def __init__(self, sizes, *, drop_prob=0, batch_norm=False, dtype="float64"):
        """Draw the first weights."""
        _check_settings(sizes, drop_prob, batch_norm, dtype)
        self.depth, self.drop_prob = len(sizes) - 2, drop_prob
        self.params, self.running = {}, {}
        for layer, (num_inputs, num_outputs) in enumerate(pairwise(sizes), start=1):
            W = np.random.normal(0, np.sqrt(2 / num_inputs), size=(num_inputs, num_outputs))
            self.params |= {f"W{layer}": W.astype(dtype), f"b{layer}": np.zeros(num_outputs, dtype)}
            if batch_norm and layer <= self.depth:
                self.params |= {
                    f"gamma{layer}": np.ones(num_outputs, dtype),
                    f"beta{layer}": np.zeros(num_outputs, dtype),
                }
                self.running[layer] = np.zeros(num_outputs, dtype), np.ones(num_outputs, dtype)

    def predict(self, X):
        """Give the scores of the classes, (batch, classes): dropout off, running statistics."""
        self._check_inputs("predict", X)
        return self._forward(X, "predict", None)[0]

    def loss(self, X, y, masks=None):
        """Give the mean loss of a training pass and its gradients, {name: array of the shape of the parameter}.

        `masks`, one per hidden layer, are used in place of new ones: zeros, and 1 / (1 - drop_prob) where kept.
        """
        self._check_inputs("loss", X)
        self._check_masks(masks, len(X))
        scores, caches = self._forward(X, "train", masks)
        loss, d_scores = softmax_loss(scores, y)
        return loss, self._backward(d_scores, caches)

    def _forward(self, X, mode, masks):
        """Give the scores and the caches of all layers."""
        caches = []
        for layer in range(1, self.depth + 1):
            X, affine = affine_forward(X, *self._named(layer, "W", "b"))
            X, norm = self._normalize(X, layer, mode)
            X, relu = relu_forward(X)
            X, mask = (masks[layer - 1] * X, masks[layer - 1]) if masks else dropout_forward(X, self.drop_prob, mode)
            caches.append((affine, norm, relu, mask))
        scores, last = affine_forward(X, *self._named(self.depth + 1, "W", "b"))
        return scores, [*caches, last]

    def _normalize(self, X, layer, mode):
        """Apply the batch normalization of a layer, if it has one, and remember the statistics of a training pass."""
        if layer not in self.running:
            return X, None
        if mode == "predict":
            return batchnorm_forward(X, *self._named(layer, "gamma", "beta"), self.running[layer])
        batch = X.mean(axis=0), X.var(axis=0)
        self.running[layer] = tuple(
            MOMENTUM * old + (1 - MOMENTUM) * new for old, new in zip(self.running[layer], batch, strict=True)
        )
        return batchnorm_forward(X, *self._named(layer, "gamma", "beta"))

    def _backward(self, d_out, caches):
        """Give the gradients, last layer first; in each, what was done last is undone first."""
        grads, last = {}, self.depth + 1
        d_out, grads[f"W{last}"], grads[f"b{last}"] = affine_backward(d_out, caches[-1])
        for layer in range(self.depth, 0, -1):
            affine, norm, relu, mask = caches[layer - 1]
            d_out = relu_backward(dropout_backward(d_out, mask), relu)
            if norm is not None:
                d_out, grads[f"gamma{layer}"], grads[f"beta{layer}"] = batchnorm_backward(d_out, norm)
            d_out, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(d_out, affine)
        return grads

    def _named(self, layer, *names):
        return [self.params[f"{name}{layer}"] for name in names]

    def _check_inputs(self, method, X):
        """Raise unless `X` fits the first layer."""
        function = f"FullyConnectedNet.{method}"
        _check_numpy.matrix(function, "X", X)
        W = self.params["W1"]
        cause = "is a reshape to (batch, num_inputs) missing?"
        _check_numpy.shaped(function, "X", X, (len(X), len(W)), like=("the parameters", W), cause=cause)

    def _check_masks(self, masks, batch):
        """Raise unless `masks` is None or one mask for each hidden layer."""
        function, W = "FullyConnectedNet.loss", self.params["W1"]
        if masks is None:
            return
        if not isinstance(masks, list) or len(masks) != self.depth:
            got = f"{len(masks)}" if isinstance(masks, list) else type(masks).__name__
            raise ValueError(f"{function}: masks must be a list of one per hidden layer, {self.depth}, got {got}")
        for layer, mask in enumerate(masks, start=1):
            shape = (batch, self.params[f"W{layer}"].shape[1])
            cause = "a mask has an entry for each example and unit"
            name = f"masks[{layer - 1}]"
            _check_numpy.shaped(function, name, mask, shape, like=("the parameters", W), cause=cause)


def _check_settings(sizes, drop_prob, batch_norm, dtype):
    """Raise unless a network can be made of these."""
    function = "FullyConnectedNet"
    _validation.instance(function, "sizes", sizes, (list, tuple), allowed="a list of two or more integers >= 1")
    if len(sizes) < 2:
        raise ValueError(
            f"{function}: sizes must be a list of two or more integers >= 1, got {_validation.in_short(sizes)}"
        )
    for position, size in enumerate(sizes):
        _validation.integer(function, f"sizes[{position}]", size, at_least=1)
    allowed = "in [0, 1] (the chance of zeroing)"
    _validation.number(function, "drop_prob", drop_prob, allowed=allowed, within=lambda p: 0 <= p <= 1)
    _validation.instance(function, "batch_norm", batch_norm, bool, allowed="True or False")
    if not isinstance(dtype, str) or dtype not in ("float32", "float64"):
        raise ValueError(f'{function}: dtype must be "float64" or "float32", got {_validation.in_short(dtype)}')
