"""Checks of the exercises: `d2l.checks.<chapter>.exercise_1(my_answer)`; what passed here: `d2l.checks.progress()`.

A module a chapter, with a function an exercise. The modules with an underscore are what all of them share.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "activation_functions",
        "autograd",
        "backpropagation",
        "capstone",
        "coming_from_d2l",
        "correcting_shift",
        "distribution_shift",
        "dropout",
        "dropout_experiments",
        "dropout_family",
        "dropout_in_practice",
        "dropout_in_deep_networks",
        "dropout_mathematics",
        "initialization",
        "linear_regression",
        "memory",
        "mlp",
        "ndarray",
        "numerical_stability",
        "r_drop",
        "regularizers_compared",
        "scaling_out",
        "softmax_regression",
        "underfitting_overfitting",
        "weight_decay",
    ],
    submod_attrs={"_passed": ["progress"]},
)
