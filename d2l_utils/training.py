"""The training loop of the early chapters, and what it remembers."""

from dataclasses import dataclass, field

from d2l_utils import _validation
from d2l_utils._interrupts import held_between_steps
from d2l_utils._progress import progress_bar
from d2l_utils.metrics import _check_scores, _num_correct, _pairs, evaluate_accuracy
from d2l_utils.optimizers import _check_step, sgd

from mxnet import autograd, gluon


@dataclass(repr=False)
class History:
    """What a training run measured, one entry per epoch.

    Parameters
    ----------
    train_loss : list of float
        The loss per example, averaged over the epoch while the parameters moved.
    train_acc : list of float in [0, 1]
        The accuracy of the same forward passes: with dropout ON and before the epoch's end, so lower than what
        `evaluate_accuracy(train_iter, net)` gives afterwards.
    test_acc : list of float in [0, 1]
        The accuracy on the test set after the epoch, in predict mode.

    Notes
    -----
    Printing it gives the lines that readers of the books know.

    Raises
    ------
    TypeError, ValueError
        If the three are not lists of numbers of the same length.

    Examples
    --------
    >>> History([1.1165], [0.562], [0.785])
    epoch 1, loss 1.1165, train acc 0.562, test acc 0.785

    Introduced in: notebooks/04-softmax-regression.ipynb
    """

    train_loss: list = field(default_factory=list)
    train_acc: list = field(default_factory=list)
    test_acc: list = field(default_factory=list)

    def __post_init__(self):
        """Refuse what has not the same epochs three times."""
        columns = {"train_loss": self.train_loss, "train_acc": self.train_acc, "test_acc": self.test_acc}
        for name, column in columns.items():
            _validation.instance("History", name, column, list, allowed="a list of numbers")
            for value in column:
                _validation.number("History", name, value, allowed="a list of numbers", within=lambda value: True)
            if len(column) != len(self.train_loss):
                raise ValueError(
                    f"History: {name} must have one entry per epoch as train_loss has, got {len(column)} for "
                    f"{len(self.train_loss)}"
                )

    def __repr__(self):
        """Give one familiar line per epoch."""
        epochs = zip(self.train_loss, self.train_acc, self.test_acc, strict=True)
        return "\n".join(
            f"epoch {epoch}, loss {loss:.4f}, train acc {train_acc:.3f}, test acc {test_acc:.3f}"
            for epoch, (loss, train_acc, test_acc) in enumerate(epochs, start=1)
        )

    def plot(self, ax=None):
        """Draw both accuracies against the epoch; gives the axes."""
        from d2l_utils.plotting import plot  # a run that draws nothing does not load matplotlib

        epochs = range(1, len(self.train_loss) + 1)
        legend = ["training, as trained", "test"]
        return plot(epochs, [self.train_acc, self.test_acc], x_label="epoch", y_label="accuracy", legend=legend, ax=ax)


def train_ch3(net, train_iter, test_iter, loss, num_epochs, batch_size, params=None, lr=None, trainer=None):
    """Train a classifier by mini-batch SGD and measure it after every epoch.

    Parameters
    ----------
    net : callable
        Gives scores of shape (batch, num_classes): a function of your own or a Gluon block.
    train_iter, test_iter : iterable of (X, y)
        Batches; each epoch passes once over both.
    loss : callable
        `loss(y_hat, y)` gives one value per example.
    num_epochs : int >= 1
        How many times to pass over the training set.
    batch_size : int >= 1
        The size of a full batch. Every step is scaled by the size of its own batch: the last one may be shorter.
    params : list of NDArray with gradients
        For a net from scratch: what `sgd` moves.
    lr : float > 0
        For a net from scratch: the learning rate of `sgd`.
    trainer : gluon.Trainer
        For a Gluon net, in place of `params` and `lr`.

    Returns
    -------
    History
        Loss and accuracies of every epoch; as the last line of a cell it shows itself as the familiar lines.

    Raises
    ------
    TypeError
        If `net` or `loss` cannot be called, an iterator not be iterated over or yields anything but pairs of
        NDArrays, or a number is not one.
    ValueError
        If neither or both of a trainer and (`params`, `lr`) are given, `train_iter` yields batches larger than
        `batch_size`, or the shapes of scores, labels and losses do not fit.
    FloatingPointError
        If the loss of an epoch is NaN or infinite.
    KeyboardInterrupt
        If you stop it: then the parameters hold all steps taken so far, and `history` of the exception the epochs that
        were finished. In a notebook that is `sys.last_value.history`.

    Notes
    -----
    Gradients are those of the summed loss; `sgd` and `Trainer.step` divide by the batch's size.

    References
    ----------
    Zhang et al., Dive into Deep Learning (Chinese MXNet edition), section 3.6. d2lzh divides the last, shorter batch
    by `batch_size` too and prints instead of returning; both differ here.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    _check_arguments(net, (train_iter, test_iter), loss, num_epochs, batch_size)
    update = _updater(params, lr, trainer)
    epochs = []  # one entry each, so that an interrupt finds an epoch either whole or not at all
    try:
        with progress_bar(num_epochs, "epoch") as bar, held_between_steps() as let_interrupt_through:
            for epoch in range(1, num_epochs + 1):
                train_loss, train_acc = _train_epoch(net, train_iter, loss, batch_size, update, let_interrupt_through)
                if not abs(train_loss) < float("inf"):
                    raise FloatingPointError(
                        f"train_ch3: the loss of epoch {epoch} must be finite, got {train_loss}; the learning rate is "
                        "probably too large"
                    )
                test_acc = evaluate_accuracy(test_iter, net)
                let_interrupt_through()
                epochs.append((train_loss, train_acc, test_acc))
                bar.update()
    except KeyboardInterrupt as stop:
        # Not swallowed: a loop over seeds shall stop as well, and take no half-trained network for a trained one.
        stop.history = _history(epochs)
        stop.args = (
            f"train_ch3: stopped in epoch {len(epochs) + 1} of {num_epochs}; the parameters hold all steps so far, "
            "sys.last_value.history the epochs before",
        )
        raise stop.with_traceback(None) from None  # where in MXNet it came is of no use to a reader
    return _history(epochs)


def _history(epochs):
    """Give the `History` of a list of (train_loss, train_acc, test_acc)."""
    return History(*(list(column) for column in zip(*epochs, strict=True)))


def _train_epoch(net, train_iter, loss, batch_size, update, before_step):
    """Pass once over `train_iter`; give loss and accuracy per example.

    Python prepares a step while MXNet computes the one before. Further ahead it does not run: a Ctrl-C would wait.
    """
    loss_sum, right, num_examples = 0, 0, 0
    for X, y in _pairs("train_ch3", "train_iter", train_iter):
        before_step()
        if len(X) > batch_size:
            raise ValueError(
                f"train_ch3: batch_size must be that of train_iter, got {batch_size} for a batch of {len(X)}"
            )
        with autograd.record():
            y_hat = net(X)
            losses = loss(y_hat, y)
            _check_losses(losses, y_hat, y)
            batch_loss = losses.sum()
        batch_loss.backward()
        update(len(X))
        if num_examples:
            loss_sum.wait_to_read()
        loss_sum = loss_sum + batch_loss
        right = right + _num_correct(y_hat, y)
        num_examples += len(X)
    if num_examples == 0:
        raise ValueError("train_ch3: train_iter must hold at least one example, got none; is it used up?")
    # Of one division in Python the result is the same on all NumPys: since 2.0, float32 / int stays float32 (NEP 50).
    return float(loss_sum.asscalar()) / num_examples, float(right.asscalar()) / num_examples


def _updater(params, lr, trainer):
    """Give the function that takes one step after a batch of a given size."""
    if (trainer is None) == (params is None) or (params is None) != (lr is None):
        raise ValueError(
            "train_ch3: either trainer (for a Gluon net) or both params and lr (for a net from scratch) must be given, "
            f"got params {'given' if params is not None else None}, lr {_validation.in_short(lr)}, "
            f"trainer {'given' if trainer is not None else None}"
        )
    if trainer is None:
        _check_step("train_ch3", params, lr, 1)
        return lambda batch_size: sgd(params, lr, batch_size)
    _validation.instance("train_ch3", "trainer", trainer, gluon.Trainer, allowed="a gluon.Trainer")
    return trainer.step


def _check_losses(losses, y_hat, y):
    """Raise unless scores and labels fit and there is one loss per example: a mean would make steps far too small."""
    _check_scores("train_ch3", "what net gives", y_hat, y)
    _validation.floating("train_ch3", "what loss gives", losses)
    if losses.size != len(y):
        raise ValueError(f"train_ch3: loss must give one value per example, got shape {losses.shape} for {len(y)}")


def _check_arguments(net, iterators, loss, num_epochs, batch_size):
    """Raise on what cannot be trained."""
    for name, value in (("net", net), ("loss", loss)):
        if not callable(value):
            raise TypeError(f"train_ch3: {name} must be callable, got {type(value).__name__}")
    for name, value in zip(("train_iter", "test_iter"), iterators, strict=True):
        if isinstance(value, gluon.Block) or not hasattr(value, "__iter__"):
            raise TypeError(f"train_ch3: {name} must be an iterable of (X, y), got {type(value).__name__}")
    _validation.integer("train_ch3", "num_epochs", num_epochs, at_least=1)
    _validation.integer("train_ch3", "batch_size", batch_size, at_least=1)
