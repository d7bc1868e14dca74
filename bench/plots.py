"""The two plots: who takes how long, and how the time grows with the work."""

from statistics import median

from d2l_utils.plotting import COLORS, plt


def contest(best, path):
    """Draw a bar for each contestant, with the spread of its rounds."""
    names = sorted(best, key=lambda name: median(best[name]))
    fig, ax = plt.subplots(figsize=(7.5, 0.35 * len(names) + 0.8))
    for place, name in enumerate(names):
        color = COLORS[0] if name.startswith("d2l_utils") else "grey"
        ax.barh(place, median(best[name]), color=color)
        ax.plot([min(best[name]), max(best[name])], [place, place], color="black", linestyle="-", marker="|")
    ax.set_yticks(range(len(names)), names)
    ax.set_xlabel("seconds for an epoch and a test pass, median and range of the rounds")
    ax.invert_yaxis()
    ax.set_axisbelow(True)
    ax.grid(axis="y", visible=False)
    fig.savefig(path, metadata={"Date": None})


def growth(measured, path):
    """Draw seconds against images, width and depth, beside the time of the matrix products alone."""
    fig, axs = plt.subplots(1, len(measured), figsize=(7.5, 2.6), sharey=True)
    for ax, (what, rows) in zip(axs, measured.items(), strict=True):
        x, seconds, arithmetic = zip(*rows, strict=True)
        ax.plot(x, arithmetic, color="grey", linestyle="--", marker="", label="arithmetic alone")
        ax.plot(x, seconds, label="measured")
        ax.set(xlabel=what, xscale="log", yscale="log")
        ax.set_xticks(x, [str(value) for value in x], minor=False)
        ax.minorticks_off()
    axs[0].set_ylabel("seconds an epoch")
    axs[0].legend()
    fig.savefig(path, metadata={"Date": None})
