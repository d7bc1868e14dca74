"""Figures to play with, in JupyterLab and on the site; a picture where no script runs.

Each figure is a function, which draws the picture, and an ES module of the same name, which draws the rest. Figures
that only stand are drawn with `d2l_utils.plotting`.
"""

import lazy_loader

_PUBLIC = {
    "_curves": ["dropout_curves"],
    "_graph_steps": ["graph_steps"],
    "_hidden_units": ["hidden_units"],
    "_histograms": ["layer_histograms"],
    "_learning_rates": ["learning_rates"],
    "_mask": ["dropout_mask"],
    "_penalty": ["penalty_path"],
    "_polynomial": ["polynomial_fit"],
    "_surface": ["loss_surface"],
    "_thinned": ["thinned_networks"],
}

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=_PUBLIC)
