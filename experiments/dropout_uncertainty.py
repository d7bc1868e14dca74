"""How sure a network is, with and without dropout, and with Monte Carlo dropout: 500 images to learn from.

The network of chapter 10. `drop_prob` is the rate in training; of each network, predictions with dropout off and the
mean of 20 passes with dropout on. Measured on 2,000 other images, and the mean confidence on the same images inverted
(white for black), of which the network has seen none. No test image is opened.
"""

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import nd

GRID = [{"drop_prob": drop_prob, "seed": seed} for drop_prob in (0, 0.5) for seed in range(0, 50, 10)]
NUM_SAMPLES = 20


def trained(drop_prob, seed):
    """Give a trained network and its (images, labels) to validate on."""
    train, (X_valid, y_valid) = fashion_mnist.split(500, seed)
    net = fashion_mnist.mlp(drop_prob)
    fashion_mnist.train(net, *train, num_epochs=80, batch_size=50, lr=0.03)
    return net, (X_valid[:2000], y_valid[:2000])


def quality(probs, y):
    """Give accuracy, mean loss, expected calibration error and mean confidence of probabilities."""
    loss = -nd.log(nd.maximum(nd.pick(probs, y), 1e-30)).mean().asscalar()
    confidence = probs.max(axis=1).mean().asscalar()
    return d2l.accuracy(probs, y), float(loss), d2l.expected_calibration_error(probs, y), float(confidence)


def run(drop_prob, seed):
    """Train, predict in two ways, and measure both; names that begin with mc_ are those of the mean of the passes."""
    net, (X, y) = trained(drop_prob, seed)
    result = {}
    for way, predict in (("", lambda X: nd.softmax(net(X))), ("mc_", lambda X: d2l.mc_predict(net, X, NUM_SAMPLES)[0])):
        measured = (*quality(predict(X), y), quality(predict(1 - X), y)[3])
        names = "acc", "loss", "ece", "confidence", "inverted_confidence"
        result |= {f"{way}{name}": value for name, value in zip(names, measured, strict=True)}
    return result
