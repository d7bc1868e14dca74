"""What a network computes on the way, layer by layer, for drawings of its graph and for measurements."""

import contextlib

from d2l_utils import _validation

from mxnet import nd
from mxnet.gluon import Block


@contextlib.contextmanager
def layer_outputs(net):
    """Keep what each layer of a net gives, under a name, while the `with` lasts.

    Parameters
    ----------
    net : gluon Block
        The network, not hybridized: of a hybridized one MXNet records a single operation.

    Returns
    -------
    context manager of dict {str: NDArray}
        Empty at first; each call of the net writes "net[0]", "net[1]", ... (or "net.hidden", for a layer that is
        an attribute); the last call wins.

    Raises
    ------
    TypeError
        If `net` is not a Block.

    Examples
    --------
    >>> from mxnet import nd
    >>> from mxnet.gluon import nn
    >>> net = nn.Sequential()
    >>> net.add(nn.Dense(3), nn.Dropout(0.5))
    >>> net.initialize()
    >>> with layer_outputs(net) as outputs:
    ...     _ = net(nd.ones((1, 2)))
    >>> sorted(outputs)
    ['net[0]', 'net[1]']

    Introduced in: notebooks/17-backpropagation.ipynb
    """
    _validation.instance("layer_outputs", "net", net, Block, allowed="a gluon Block")
    outputs, handles = {}, []

    def watch(block, name):
        def keep(_block, _inputs, output):
            if isinstance(output, nd.NDArray):
                for inner in [key for key, value in outputs.items() if value is output]:
                    del outputs[inner]  # the last layer inside of this one, such as a Dense layer's activation
                outputs[name] = output

        handles.append(block.register_forward_hook(keep))
        watch_children(block, name)

    def watch_children(block, name):
        for key, child in block._children.items():
            watch(child, f"{name}[{key}]" if key.isdigit() else f"{name}.{key}")

    watch_children(net, "net")
    try:
        yield outputs
    finally:
        for handle in handles:
            handle.detach()
