"""The course's data sets: `fetch` finds, downloads or, as a last resort, draws one. Notebooks use `d2l_utils.data`."""

from d2l_utils.datasets.fetch import DataSet, fetch, locate

__all__ = ["DataSet", "fetch", "locate"]
