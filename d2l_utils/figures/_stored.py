"""How a figure is kept in a notebook: one output holds the picture, its words, and what the module draws.

The picture is shown where no script runs. JupyterLab prefers the widget, which is made only where a person looks on:
its random id would change the notebook in every run. tools/build_site.py makes the site's figure from name and data.
"""

import json

from d2l_utils import _progress
from d2l_utils.figures._modules import MIME, WIDGET_MIME, module
from d2l_utils.plotting import _bundle

from IPython import display


def show(name, data, *, fig, alt):
    """Display a figure as picture and data and, where a person looks on, as a widget."""
    bundle, metadata = _bundle(fig, alt=alt)
    # As text: a notebook's file would give each number a line of its own.
    bundle[MIME] = {"figure": name, "data": json.dumps(data, separators=(",", ":"))}
    if _progress.is_watched():
        bundle[WIDGET_MIME] = _widget(name, data)
    display.display(bundle, metadata=metadata, raw=True)


def _widget(name, data):
    """Make a widget of a figure; give what JupyterLab finds it by."""
    import anywidget  # takes a moment to load, for people alone
    import traitlets

    class Figure(anywidget.AnyWidget):
        _esm = module(name)
        data = traitlets.Dict().tag(sync=True)

    view, _ = Figure(data=data)._repr_mimebundle_()
    return view[WIDGET_MIME]
