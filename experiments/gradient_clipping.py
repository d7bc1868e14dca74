"""A recurrent network that learns to add, with large steps: gradients as they are, clipped by norm, clipped by value.

20 numbers from -1 to 1 come one after the other, h = relu(x U + b + h V) with 16 units, V begins as the identity, and
the answer is their sum. The loss of a batch of 32 is half the mean squared error; answering 0 costs 10/3. The limit is
1 for the norm of all gradients together and 0.1 for a single entry. Loss of the steps, mean of ten each, and of 1,000
new sequences after 300 steps; the norm of the first gradient. What is not a number counts as infinite.
"""

import math

import d2l_utils as d2l
from d2l_utils.experiments._fashion_mnist import number

import numpy as np
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn

GRID = {
    "clip": ["none", "norm", "value"],
    "lr": [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
    "seed": list(range(0, 50, 10)),
}
LENGTH, NUM_UNITS, BATCH_SIZE, NUM_STEPS = 20, 16, 32, 300
NORM_LIMIT, VALUE_LIMIT = 1, 0.1


class Adder(nn.HybridBlock):
    """A recurrent network that reads numbers and says what they add up to."""

    def __init__(self):
        """Make its three layers."""
        super().__init__()
        with self.name_scope():
            self.of_input = nn.Dense(NUM_UNITS, flatten=False, in_units=1)
            self.of_state = nn.Dense(NUM_UNITS, use_bias=False, in_units=NUM_UNITS)
            self.total = nn.Dense(1, in_units=NUM_UNITS)

    def hybrid_forward(self, F, X):
        """Read X, of shape (batch, length, 1), and give an answer for each sequence."""
        rows = F.split(self.of_input(X), LENGTH, axis=1, squeeze_axis=True)
        h = F.relu(rows[0])
        for row in rows[1:]:
            h = F.relu(row + self.of_state(h))
        return self.total(h)


def network():
    """Give a network whose state is handed on unchanged at first."""
    net = Adder()
    net.initialize(init.Xavier())
    net.of_state.weight.set_data(nd.array(np.eye(NUM_UNITS)))
    net.hybridize()
    return net


def draw(num_examples):
    """Draw sequences and their sums."""
    X = nd.random.uniform(-1, 1, (num_examples, LENGTH, 1))
    return X, X.sum(axis=1)


def run(clip, lr, seed):
    """Train for 300 steps and give the curve of the loss, the loss on new sequences, and the first norm."""
    d2l.seed_everything(seed)
    net, loss_fn = network(), gluon.loss.L2Loss()
    options = {"learning_rate": lr} | ({"clip_gradient": VALUE_LIMIT} if clip == "value" else {})
    trainer = gluon.Trainer(net.collect_params(), "sgd", options)
    losses, first_norm = [], None
    for _ in range(NUM_STEPS):
        X, y = draw(BATCH_SIZE)
        with autograd.record():
            loss = loss_fn(net(X), y).mean()
        loss.backward()
        losses.append(number(loss.asscalar()))
        grads = [param.grad() for param in net.collect_params().values()]
        if first_norm is None:
            first_norm = math.sqrt(sum(float((grad**2).sum().asscalar()) for grad in grads))
        if not math.isfinite(losses[-1]):
            break
        if clip == "norm":
            gluon.utils.clip_global_norm(grads, NORM_LIMIT, check_isfinite=False)
        trainer.step(1)  # the loss is a mean already
    losses += [float("inf")] * (NUM_STEPS - len(losses))
    curve = [sum(losses[start : start + 10]) / 10 for start in range(0, NUM_STEPS, 10)]
    X, y = draw(1000)
    return {"curve": curve, "new_loss": number(loss_fn(net(X), y).mean().asscalar()), "first_norm": first_norm}
