"""Chapter 10, section 2: dropout on 500 images, four rates and none but five seeds, with curves and test results."""

from d2l_utils.experiments import _fashion_mnist as fashion_mnist

GRID = {"drop_prob": [0, 0.2, 0.5, 0.75], "seed": [0, 1, 2, 3, 4]}


def run(drop_prob, seed):
    """Train on 500 images for 120 epochs.

    `curve` has a row every third epoch: accuracy and loss in training, then in validation.
    """
    (X, y), (X_valid, y_valid) = fashion_mnist.split(500, seed)
    net, curve = fashion_mnist.mlp(drop_prob), []

    def record(epoch):
        if epoch % 3 == 0:
            curve.append(fashion_mnist.measure(net, X, y) + fashion_mnist.measure(net, X_valid, y_valid))

    fashion_mnist.train(net, X, y, num_epochs=120, batch_size=50, lr=0.03, after_epoch=record)
    test_acc, test_loss = fashion_mnist.measure(net, *fashion_mnist.test_set())
    return {"test_acc": test_acc, "test_loss": test_loss, "curve": [list(row) for row in curve]}
