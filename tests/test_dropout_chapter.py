"""The stored figures of the dropout chapter lie where the books' do; on the stand-in they need not."""

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOK = Path(__file__).resolve().parent.parent / "notebooks" / "09-dropout.ipynb"
LINE = re.compile(r"epoch 5, loss (\S+), train acc (\S+), test acc (\S+)")


def last_epochs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.get("data", {}).get("text/plain", "") for output in outputs]
    return [tuple(map(float, found.groups())) for text in texts if (found := LINE.search(text))]


@pytest.mark.parametrize("run", [0, 1], ids=["from scratch", "Gluon"])
def test_five_epochs_arrive_where_the_books_do(run):
    assert len(last_epochs()) == 2
    loss, train_acc, test_acc = last_epochs()[run]
    assert abs(loss - 0.42) < 0.03
    assert abs(train_acc - 0.845) < 0.01
    assert abs(test_acc - 0.86) < 0.02
