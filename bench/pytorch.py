"""PyTorch with the images in memory: BENCH_PYTHON -m bench.pytorch NUM_EPOCHS."""

import itertools
import sys

import torch
from torch import nn

from bench.work import BATCH_SIZE, DROP_PROBS, LAYERS, LR, SIGMA, arrays, num_threads, time_epochs


def network():
    """Give the network."""
    blocks = []
    for (a, b), drop_prob in zip(itertools.pairwise(LAYERS[:-1]), DROP_PROBS, strict=True):
        blocks += [nn.Linear(a, b), nn.ReLU(), nn.Dropout(drop_prob)]
    net = nn.Sequential(nn.Flatten(), *blocks, nn.Linear(*LAYERS[-2:]))
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=SIGMA)
            nn.init.zeros_(layer.bias)
    return net


def tensors(part):
    """Give images in [0, 1] and labels."""
    images, labels = arrays(part)
    return torch.from_numpy(images).float().div_(255), torch.from_numpy(labels).long()


def train(net, optimizer, images, labels):
    """Pass once over the training set; waits for the results at the end."""
    net.train()
    loss_sum, right = torch.zeros(()), torch.zeros(())
    for rows in torch.randperm(len(labels)).split(BATCH_SIZE):
        y = labels[rows]
        y_hat = net(images[rows])
        loss = nn.functional.cross_entropy(y_hat, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        loss_sum += loss.detach() * len(y)
        right += (y_hat.argmax(1) == y).sum()
    return loss_sum.item() / len(labels), right.item() / len(labels)


@torch.no_grad()
def accuracy(net, images, labels):
    """Pass once over the test set."""
    net.eval()
    parts = zip(images.split(BATCH_SIZE), labels.split(BATCH_SIZE), strict=True)
    return sum((net(X).argmax(1) == y).sum().item() for X, y in parts) / len(labels)


if __name__ == "__main__":
    torch.set_num_threads(num_threads())
    torch.manual_seed(1)
    net = network()
    optimizer = torch.optim.SGD(net.parameters(), lr=LR)
    train_set, test_set = tensors("train"), tensors("test")
    time_epochs(lambda: (train(net, optimizer, *train_set), accuracy(net, *test_set)), int(sys.argv[1]))
