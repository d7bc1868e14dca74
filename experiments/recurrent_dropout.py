"""Dropout on the state of a small recurrent network that reads images row by row: 500 images to learn from.

28 steps of 28 pixels, 64 units, h = tanh(x U + (mask * h) V + b). `mask` is none; drawn at each step ("fresh"); or
drawn once for a sequence and used at all of its steps ("shared"), which is variational dropout; rate 0.3. Accuracy and
loss with dropout off, on the 500 images and on 1,000 others. No test image is opened.
"""

from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import init, nd
from mxnet.gluon import nn

GRID = [{"mask": mask, "seed": seed} for mask in ("none", "fresh", "shared") for seed in range(0, 50, 10)]
DROP_PROB, NUM_UNITS = 0.3, 64


class Reader(nn.HybridBlock):
    """A recurrent network over the rows of an image, with dropout on its state."""

    def __init__(self, mask):
        """Make a network whose mask is "none", "fresh" or "shared"."""
        super().__init__()
        self.mask = mask
        with self.name_scope():
            self.of_input = nn.Dense(NUM_UNITS, flatten=False)
            self.of_state = nn.Dense(NUM_UNITS, use_bias=False)
            self.scores = nn.Dense(10)

    def hybrid_forward(self, F, X):
        """Read the rows one after the other and give the scores."""
        rows = F.split(self.of_input(X.reshape((0, 28, 28))), 28, axis=1, squeeze_axis=True)
        h = F.tanh(rows[0])
        shared_mask = F.Dropout(F.ones_like(h), p=DROP_PROB)
        for row in rows[1:]:
            if self.mask == "fresh":
                h = F.Dropout(h, p=DROP_PROB)
            elif self.mask == "shared":
                h = h * shared_mask
            h = F.tanh(row + self.of_state(h))
        return self.scores(h)


def run(mask, seed):
    """Train for 40 epochs in batches of 50, and measure."""
    train, (X_valid, y_valid) = fashion_mnist.split(500, seed)
    net = Reader(mask)
    net.initialize(init.Xavier())
    net.of_state.initialize(init.Orthogonal(scale=1), force_reinit=True)
    net.hybridize()
    net(nd.zeros((1, 1, 28, 28)))
    fashion_mnist.train(net, *train, num_epochs=40, batch_size=50, lr=0.1)
    return fashion_mnist.measured(net, train, (X_valid[:1000], y_valid[:1000]))
