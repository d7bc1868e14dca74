"""The shared package of the course: `import d2l_utils as d2l`.

The names below are all there is, grouped by topic; each is imported from its module when first used, so that
`import d2l_utils` itself is fast and works even where MXNet does not (see `python -m d2l_utils.doctor`).
"""

from d2l_utils import _compat, _recipe

import lazy_loader

_recipe.apply()
_compat.apply()

_PUBLIC = {
    "seeding": ["seed_everything"],
    "data": [
        "BatchLoader",
        "data_iter",
        "fashion_mnist_arrays",
        "get_fashion_mnist_labels",
        "load_data_fashion_mnist",
        "synthetic_data",
    ],
    "layers": ["dropout", "linreg"],
    "numpy_layers": ["dropout_backward", "dropout_forward"],
    "numpy_dense": ["affine_backward", "affine_forward", "relu_backward", "relu_forward"],
    "numpy_normalization": ["batchnorm_backward", "batchnorm_forward"],
    "numpy_losses": ["softmax_loss"],
    "fully_connected": ["FullyConnectedNet"],
    "losses": ["softmax_cross_entropy", "squared_loss"],
    "initialization": ["fan_in_and_out", "lsuv"],
    "optimizers": ["grad_clipping", "sgd"],
    "penalties": ["l1_penalty", "l2_penalty"],
    "constraints": ["MaxNormTrainer", "max_norm"],
    "r_drop": ["r_drop_loss"],
    "dropout_blocks": ["DropBlock", "DropConnectDense", "GaussianDropout"],
    "shift": ["brighten", "resample_classes", "rotate"],
    "uncertainty": ["expected_calibration_error", "mc_predict"],
    "two_sample": ["coin_p_value", "two_sample_test"],
    "training": ["History", "train_ch3"],
    "metrics": ["accuracy", "evaluate_accuracy"],
    "gradients": ["gradcheck"],
    "importance": ["effective_sample_size", "importance_weights"],
    "label_shift": ["conditional_confusion", "target_label_distribution"],
    "graph_drawing": ["show_graph"],
    "graphs": ["layer_outputs"],
    "measurements": ["LayerStatistics", "layer_statistics"],
    "memory": ["memory_account", "peak_memory"],
    "segments": ["backward_by_segments"],
    "sweeps": ["sweep"],
    "folds": ["k_fold"],
    "tables": ["read_table"],
    "plotting": [
        "COLORS",
        "plot",
        "plt",
        "semilogy",
        "set_figsize",
        "show",
        "show_fashion_mnist",
        "show_images",
        "use_svg_display",
    ],
    "devices": ["try_all_gpus", "try_gpu"],
}

# Modules whose functions are called with the module's name before: d2l.capstone.submit.
_PUBLIC_IN_MODULES = {"capstone": ["data", "submit"], "launch": ["launch"]}

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submodules=["capstone", "checks", "doctor", "experiments", "figures", "launch"], submod_attrs=_PUBLIC
)
