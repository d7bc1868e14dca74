"""Dropout before and after batch normalization: by what factor variances change from training to prediction.

Three hidden layers of 256 units on 2,000 images. `place` is where dropout stands: nowhere; in front of every batch
normalization; after every activation, the usual place; or only after the last activation, where no batch normalization
follows. For each batch normalization: the variance of its input in training by that in prediction, on the same images.
Accuracy and loss on 5,000 other images, as trained and after the statistics were taken again with dropout off.
"""

from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import autograd, init
from mxnet.gluon import nn

PLACES = ["in front", "after each", "after the last"]
SEEDS = range(0, 50, 10)
GRID = [{"place": "nowhere", "drop_prob": 0, "seed": seed} for seed in SEEDS] + [
    {"place": place, "drop_prob": drop_prob, "seed": seed}
    for place in PLACES
    for drop_prob in (0.2, 0.5)
    for seed in SEEDS
]
DEPTH, NUM_EPOCHS = 3, 30


def network(place, drop_prob):
    """Give a network with batch normalization in every hidden layer and dropout where `place` says."""
    net = nn.HybridSequential()
    for layer in range(1, DEPTH + 1):
        net.add(nn.Dense(256))
        if place == "in front":
            net.add(nn.Dropout(drop_prob))
        net.add(nn.BatchNorm(), nn.Activation("relu"))
        if place == "after each" or (place == "after the last" and layer == DEPTH):
            net.add(nn.Dropout(drop_prob))
    net.add(nn.Dense(10))
    net.initialize(init.MSRAPrelu("in", slope=0))
    net.hybridize()
    return net


def input_variances(net, X):
    """Give the variance at the input of each batch normalization, mean over its units."""
    variances = []
    for layer in net:
        if isinstance(layer, nn.BatchNorm):
            variances.append(float(((X - X.mean(axis=0)) ** 2).mean().asscalar()))
        X = layer(X)
    return variances


def take_statistics_again(net, X):
    """Replace the running mean and variance of each batch normalization by those of `X`, dropout off."""
    for layer in net:
        if isinstance(layer, nn.BatchNorm):
            mean = X.mean(axis=0)
            layer.running_mean.set_data(mean)
            layer.running_var.set_data(((X - mean) ** 2).mean(axis=0))
        X = layer(X)


def run(place, drop_prob, seed):
    """Train with Adam in batches of 100 and give three ratios of variances, and accuracy and loss before and after."""
    (X, y), valid = fashion_mnist.split(2000, seed)
    net = network(place, drop_prob)
    options = {"lr": 5e-4, "optimizer": "adam", "settle": False}
    fashion_mnist.train(net, X, y, num_epochs=NUM_EPOCHS, batch_size=100, **options)
    with autograd.train_mode():  # without a backward pass Gluon leaves the running statistics alone
        training = input_variances(net, X)
    prediction = input_variances(net, X)
    acc, loss = fashion_mnist.measure(net, *valid)
    take_statistics_again(net, X)
    acc_again, loss_again = fashion_mnist.measure(net, *valid)
    return {
        "ratios": [a / b for a, b in zip(training, prediction, strict=True)],
        **{"valid_acc": acc, "valid_loss": loss, "valid_acc_again": acc_again, "valid_loss_again": loss_again},
    }
