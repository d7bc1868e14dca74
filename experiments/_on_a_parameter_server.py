"""What a worker does in `parameter_server` and `parameter_server_race`: run by d2l_utils.launch, tells a line of JSON.

One line in one write, since the workers' outputs go to the same place.
"""

import json
import statistics
import sys
import time

import d2l_utils as d2l

import mxnet as mx
import psutil
from mxnet import autograd, gluon, init, nd

WARM_UP = 3


def network(width, num_inputs=784, num_outputs=10):
    """Give a network of two hidden layers with all parameters there."""
    net = gluon.nn.HybridSequential()
    net.add(
        gluon.nn.Dense(width, activation="relu", in_units=num_inputs),
        gluon.nn.Dense(width, activation="relu", in_units=width),
        gluon.nn.Dense(num_outputs, in_units=width),
    )
    net.initialize(init.MSRAPrelu("in", slope=0))
    net.hybridize()
    return net


def time_steps(kvstore, *, width, batch_size, num_steps, seed):
    """Give the median seconds of a step: computing, then exchanging and updating; and the bytes on loopback."""
    d2l.seed_everything(seed)
    net, loss_of = network(width), gluon.loss.SoftmaxCrossEntropyLoss()
    num_rows = batch_size // kvstore.num_workers
    X, y = nd.random.normal(shape=(num_rows, 784)), nd.random.randint(0, 10, shape=num_rows)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01}, kvstore=kvstore)
    compute, exchange = [], []
    for step in range(WARM_UP + num_steps):
        if step == WARM_UP:
            sent = loopback_bytes()
        start = time.perf_counter()
        with autograd.record():
            loss = loss_of(net(X), y)
        loss.backward()
        nd.waitall()
        computed = time.perf_counter()
        trainer.step(batch_size)
        nd.waitall()
        compute.append(computed - start)
        exchange.append(time.perf_counter() - computed)
    return {
        "parameters": sum(param.data().size for param in net.collect_params().values()),
        "compute_seconds": statistics.median(compute[WARM_UP:]),
        "exchange_seconds": statistics.median(exchange[WARM_UP:]),
        "loopback_bytes": (loopback_bytes() - sent) / num_steps,
    }


def loopback_bytes():
    """Count what the processes of this machine have sent to one another, other people's included."""
    return psutil.net_io_counters(pernic=True)["lo"].bytes_sent


def first_step(kvstore, *, update_on_kvstore, seed):
    """Take one step with a learning rate of 0 and give the largest change of a weight, which must be 0."""
    d2l.seed_everything(seed)
    net = network(32, num_inputs=20, num_outputs=1)
    X = nd.random.normal(shape=(64, 20))
    before = {name: param.data().asnumpy() for name, param in net.collect_params().items()}
    trainer = gluon.Trainer(
        net.collect_params(), "sgd", {"learning_rate": 0}, kvstore=kvstore, update_on_kvstore=update_on_kvstore
    )
    with autograd.record():
        loss = net(X)
    loss.backward()
    trainer.step(64 * kvstore.num_workers)
    after = {name: param.data().asnumpy() for name, param in net.collect_params().items()}
    return {"change": float(max(abs(after[name] - before[name]).max() for name in before))}


if __name__ == "__main__":
    store = mx.kv.create(sys.argv[2])
    answer = {"time": time_steps, "race": first_step}[sys.argv[1]](store, **json.loads(sys.argv[3]))
    sys.stdout.write(json.dumps({"rank": store.rank} | answer) + "\n")
