"""What the appendix says of PyTorch and of the English package, checked where these are installed.

The appendix shows the dropout network in `nd`, in `np` and in PyTorch. The first two run in the notebook. The third
stands in its text, as a block of code: here it is taken out, run by the Python that `make setup-bench` has given
PyTorch, and compared with the losses of the other two. Wrong answers to catch: a block that no longer runs; a loss that
is summed, a step that is divided twice, a layout that is turned; a row of the table that is not, or no longer, true.
"""

import ast
import importlib.util
import inspect
import json
import re
import subprocess
from pathlib import Path

import d2l_utils as d2l

import mxnet as mx
import numpy as np
import pytest
from mxnet import autograd, nd, npx
from mxnet import np as mnp
from mxnet.gluon import loss as gloss

from bench.__main__ import PYTORCH
from tools.notebook_guards import code_cells, read

pytestmark = pytest.mark.whole

NOTEBOOK = Path(__file__).resolve().parent.parent / "notebooks" / "90-coming-from-d2l.ipynb"
LR = 0.2


def pytorch_block():
    """Give the appendix's block of PyTorch code."""
    text = "\n".join(cell.source for cell in read(NOTEBOOK).cells if cell.cell_type == "markdown")
    (block,) = re.findall(r"^```python\n(import numpy as np\nimport torch\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return block


def shown(name):
    """Give a function as the appendix defines it."""
    sources = [cell.source for _, cell in code_cells(read(NOTEBOOK)) if f"def {name}(" in cell.source]
    namespace = {"d2l": d2l, "mx": mx, "nd": nd, "npx": npx, "mnp": mnp, "autograd": autograd, "gloss": gloss}
    exec(sources[0], namespace)
    return namespace[name]


@pytest.fixture(scope="module")
def work():
    """Give first weights, and four batches with their masks; the last batch is short."""
    d2l.seed_everything(0)
    start, batches = [], []
    for shape in ((784, 256), (256, 256), (256, 10)):
        start += [nd.random.normal(0, 0.05, shape).asnumpy(), nd.random.normal(0, 0.05, shape[1]).asnumpy()]
    for n in (256, 256, 256, 96):
        X, y = nd.random.uniform(shape=(n, 784)).asnumpy(), np.random.randint(0, 10, n).astype("int32")
        batches.append((X, y, *((nd.random.uniform(shape=(n, 256)) < keep).asnumpy() for keep in (0.8, 0.5))))
    return start, batches


SLIPS = {
    "gradients not cleared": ("        optimizer.zero_grad()\n", ""),
    "a summed loss": ("(H2 @ W3 + b3, y)", "(H2 @ W3 + b3, y, reduction='sum')"),
    "not rescaled": ("mask1 / 0.8", "mask1"),
}


def state_dict(params):
    """Give the parameters as the solution of exercise 3 does."""
    solutions = NOTEBOOK.parent / "solutions" / "90-coming-from-d2l-solutions.ipynb"
    (source,) = [cell.source for _, cell in code_cells(read(solutions)) if "def to_state_dict(" in cell.source]
    namespace = {}
    exec(source, namespace)
    return namespace["to_state_dict"]([nd.array(param) for param in params], [1, 4, 7])


@pytest.fixture(scope="module")
def answers(work, tmp_path_factory):
    """Give all that is asked of PyTorch, from one run of it: to load it takes seconds."""
    if not PYTORCH.exists():
        pytest.skip("PyTorch is not installed: make setup-bench")
    (start, batches), path = work, tmp_path_factory.mktemp("pytorch") / "work.npz"
    arrays = {f"start{i}": param for i, param in enumerate(start)}
    arrays |= {f"batch{i}_{j}": part for i, batch in enumerate(batches) for j, part in enumerate(batch)}
    np.savez(path, **arrays, **state_dict(start))
    block = pytorch_block()
    assert all(block.count(old) == 1 for old, _ in SLIPS.values())
    blocks = {"as it is": block} | {name: block.replace(*slip) for name, slip in SLIPS.items()}
    code = f"blocks, num_batches, lr = {blocks!r}, {len(batches)}, {LR}\n{QUESTIONS}"
    command = [str(PYTORCH), "-W", "error", "-c", code, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


QUESTIONS = """
import json, sys
import numpy as np, torch
from torch import nn

file = dict(np.load(sys.argv[1]))
start = [file.pop(f"start{i}") for i in range(6)]
batches = [tuple(file.pop(f"batch{i}_{j}") for j in range(4)) for i in range(num_batches)]
losses = {}
for name, block in blocks.items():
    namespace = {}
    exec(block, namespace)
    losses[name] = namespace["losses_torch"](start, batches, lr)

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 256), nn.ReLU(),
                    nn.Dropout(0.5), nn.Linear(256, 10))
net.load_state_dict({key: torch.from_numpy(value) for key, value in file.items()})
scores = net.eval()(torch.from_numpy(batches[0][0][:5])).tolist()

def error(function):
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return None

w = torch.ones(2, requires_grad=True)
for _ in range(2):
    (2 * w).sum().backward()
layer = nn.Linear(784, 256)
largest = [param.abs().max().item() * 784**0.5 for param in (layer.weight, layer.bias)]
drop = nn.Dropout(0.5)
torch.manual_seed(1)
first = torch.rand(3)
torch.manual_seed(1)
again = torch.rand(3)
with torch.no_grad():
    num_zeros = int((drop(torch.ones(1000)) == 0).sum())
guess = torch.zeros(2, 3)
mean = nn.functional.cross_entropy(guess, torch.tensor([0, 1]))
array = w.detach().numpy()
array[0] = 7
claims = {
    "array": str(torch.tensor([1, 2]).dtype),
    "seed": torch.equal(first, again),
    "comparison": str((first > 0.5).dtype),
    "shape of a sum": list(first.sum().shape),
    "to NumPy without detach": error(lambda: w.numpy()),
    "to NumPy copies": w[0].item() != 7,
    "backward of many": error(lambda: (2 * w).backward()),
    "second gradient": w.grad.tolist(),
    "float labels": error(lambda: nn.functional.cross_entropy(guess, torch.tensor([0.0, 1.0]))),
    "int32 labels": error(lambda: nn.functional.cross_entropy(guess, torch.tensor([0, 1], dtype=torch.int32))),
    "mean loss": [list(mean.shape), round(mean.item(), 3)],
    "weight": list(layer.weight.shape),
    "first weights": all(0.9 < value < 1.001 for value in largest),
    "in training at first": drop.training,
    "dropout on in no_grad": num_zeros > 400,
    "dropout off after eval": bool((drop.eval()(torch.ones(1000)) == 1).all()),
}
print(json.dumps({"losses": losses, "scores": scores, "claims": claims}))
"""


def test_nd_and_np_give_the_same_losses(work):
    in_nd, in_np = shown("losses_nd")(*work, LR), shown("losses_np")(*work, LR)
    np.testing.assert_allclose(in_nd, in_np, rtol=1e-5)
    assert len(in_nd) == 4
    assert max(in_nd) - min(in_nd) > 0.01  # the steps did something
    assert not mx.util.is_np_array()


def test_pytorch_gives_the_same_losses(work, answers):
    np.testing.assert_allclose(answers["losses"]["as it is"], shown("losses_nd")(*work, LR), rtol=1e-4)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_pytorch_would_be_found(work, answers, slip):
    assert np.abs(np.subtract(answers["losses"][slip], shown("losses_nd")(*work, LR))).max() > 1e-3


def test_a_state_dict_of_exercise_3_gives_the_same_network(work, answers):
    params, X = [nd.array(param) for param in work[0]], nd.array(work[1][0][0][:5])
    H1 = nd.relu(d2l.linreg(X, *params[:2]))
    scores = d2l.linreg(nd.relu(d2l.linreg(H1, *params[2:4])), *params[4:])
    np.testing.assert_allclose(answers["scores"], scores.asnumpy(), rtol=1e-4, atol=1e-4)


def test_the_third_column_of_the_table(answers):
    assert answers["claims"] == {
        "array": "torch.int64",
        "seed": True,
        "comparison": "torch.bool",
        "shape of a sum": [],
        "to NumPy without detach": "RuntimeError",
        "to NumPy copies": False,
        "backward of many": "RuntimeError",
        "second gradient": [4.0, 4.0],
        "float labels": "RuntimeError",
        "int32 labels": "RuntimeError",
        "mean loss": [[], 1.099],
        "weight": [256, 784],
        "first weights": True,
        "in training at first": True,
        "dropout on in no_grad": True,
        "dropout off after eval": True,
    }


# The English package: read, not imported, as it wants pandas and a folder to download to.
ENGLISH = {
    "load_array": "data_arrays, batch_size, is_train",
    "load_data_fashion_mnist": "batch_size, resize",
    "get_fashion_mnist_labels": "labels",
    "linreg": "X, w, b",
    "squared_loss": "y_hat, y",
    "sgd": "params, lr, batch_size",
    "grad_clipping": "net, theta",
    "evaluate_accuracy": "net, data_iter",
    "show_images": "imgs, num_rows, num_cols, titles, scale",
    "set_figsize": "figsize",
    "use_svg_display": "",
    "try_gpu": "i",
    "try_all_gpus": "",
    "synthetic_data": "w, b, num_examples",
    "accuracy": "y_hat, y",
}


@pytest.fixture
def english():
    """Give the definitions in `d2l/mxnet.py`: the last one of a name is the one that counts."""
    found = importlib.util.find_spec("d2l")
    if found is None:
        pytest.skip("the English package d2l is not installed: make setup-books")
    tree = ast.parse((Path(found.submodule_search_locations[0]) / "mxnet.py").read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@pytest.mark.parametrize("name", ENGLISH)
def test_the_second_column_of_the_tables(english, name):
    assert ", ".join(argument.arg for argument in english[name].args.args) == ENGLISH[name]


def test_what_the_appendix_says_of_the_english_package(english):
    assert "train_ch3" not in english
    assert {"Trainer", "Module", "DataModule", "FashionMNIST", "Animator", "Accumulator", "Timer"} <= set(english)
    assert "yscale" in ast.unparse(english["plot"].args)
    assert "float(d2l.reduce_sum(" in ast.unparse(english["accuracy"])  # a number of answers, no fraction
    assert ast.unparse(english["try_all_gpus"].body[-1]) == "return [gpu(i) for i in range(num_gpus())]"
    assert ast.unparse(english["synthetic_data"].body[-1]) == "return (X, d2l.reshape(y, (-1, 1)))"
    assert "trainer.step(X.shape[0])" in ast.unparse(english["train_ch6"])


def test_names_that_the_english_package_lacks_are_ours():
    for name in ("data_iter", "train_ch3", "semilogy", "show_fashion_mnist"):
        assert inspect.isfunction(getattr(d2l, name))
