"""Each guard against a tiny notebook with one defect; the same notebook without it passes all guards."""

from d2l_utils.figures._modules import MIME, WIDGET_MIME

import nbformat
import pytest
from tiny_notebooks import ALT, code, figure, notebook, printed, text

from tools import notebook_guards as run_guards
from tools import notebook_text_guards as text_guards

GUARDS = run_guards.GUARDS + text_guards.GUARDS


def faultless():
    return notebook(
        text("# Title\n\nSee [below](#Part-one), $a/b$ and [the site](https://example.org/a/b).\n\n## Part one"),
        code("import d2l_utils as d2l\nfrom mxnet import nd"),
        code("%matplotlib inline\nprint(f'accuracy {acc:.3f}')", printed("accuracy 0.845"), tags=["fashion-mnist"]),
        code("assert acc > 0.8"),
        code("d2l.show(fig, alt=alt)", figure(), tags=["bits"]),
        text(
            '<div class="alert alert-info">\n\nA box.\n\n</div>\n\n```mermaid\ngraph LR\n```\n\n```python\n:::{x}\n```'
        ),
    )


def append(*cells):
    """Make a defect: these cells at the end."""
    return lambda content: content.cells.extend(notebook(*content.cells, *cells).cells[-len(cells) :])


def tagged(source):
    """Make a cell whose output may go uncompared."""
    return code(source, printed("0.845"), tags=["bits"])


def change(position, **attributes):
    """Make a defect: a cell's attributes."""
    return lambda content: content.cells[position].update(attributes)


def change_figure(change_output):
    """Make a defect in the output that holds the figure."""
    return lambda content: change_output(content.cells[4].outputs[0])


DEFECTS = [
    (run_guards.valid_format, lambda nb: nb.update(nbformat_minor=4)),
    (run_guards.valid_format, change(3, outputs=None)),
    (run_guards.ids_unique, change(3, id="cell-1")),
    (run_guards.ids_unique, lambda nb: nb.cells[3].pop("id")),
    (run_guards.counts_in_order, change(3, execution_count=None)),  # stripped: nbval passes in vain
    (run_guards.counts_in_order, change(3, execution_count=7)),
    (run_guards.counts_in_order, append(code("42", nbformat.v4.new_output("execute_result", execution_count=9)))),
    (run_guards.no_errors, append(code("1 / 0", nbformat.v4.new_output("error", ename="ZeroDivisionError")))),
    (run_guards.no_errors, append(code("warn()", printed("DeprecationWarning", name="stderr")))),
    (run_guards.no_absolute_paths, append(text("Open `/home/ada/course/notebooks`."))),
    (run_guards.no_absolute_paths, append(code("open('/srv/data/images.gz')"))),
    (run_guards.no_absolute_paths, append(code("f()", printed("saved to /Users/ada/x.png")))),
    (run_guards.no_absolute_paths, append(code("f()", printed(r"saved to C:\Users\ada\x.png")))),
    (run_guards.no_absolute_paths, append(code("open('~/data')"))),
    (run_guards.no_absolute_paths, lambda nb: nb.metadata.update(papermill={"input": "/tmp/run/x.ipynb"})),
    (run_guards.no_addresses, append(code("net", printed("<mxnet.gluon.Block object at 0x7f3a>")))),
    (run_guards.no_addresses, append(code("id", printed("pointer 0x7f3a2b4c5d6e")))),
    (run_guards.short_outputs, append(code("for i in range(16): print(i)", printed("\n".join("0123456789abcdef"))))),
    (run_guards.one_figure_per_cell, append(code("assert True", figure(), figure()))),
    (run_guards.figures_as_png_and_svg, change_figure(lambda output: output.data.pop("image/png"))),
    (run_guards.figures_as_png_and_svg, change_figure(lambda output: output.data.pop("image/svg+xml"))),
    (run_guards.figures_have_alt_text, change_figure(lambda output: output.metadata.clear())),
    (run_guards.figures_have_alt_text, change_figure(lambda output: output.metadata.pop("image/svg+xml"))),
    (run_guards.figures_have_alt_text, change_figure(lambda output: output.data.pop("text/plain"))),
    (run_guards.figures_have_alt_text, change(4, outputs=[figure("x" * 39)])),
    (run_guards.figures_have_alt_text, change(4, outputs=[figure("x" * 301)])),
    (run_guards.figures_to_play_with_are_pictures, change_figure(lambda output: output.data.update({WIDGET_MIME: {}}))),
    (
        run_guards.figures_to_play_with_are_pictures,
        append(code("show()", nbformat.v4.new_output("display_data", data={MIME: {}}))),
    ),
    (run_guards.uniform_metadata, lambda nb: nb.metadata.kernelspec.update(name="my-env")),
    (run_guards.uniform_metadata, lambda nb: nb.metadata.pop("kernelspec")),
    (run_guards.uniform_metadata, lambda nb: nb.metadata.update(d2l={"stand_in": True})),
    (run_guards.uniform_metadata, lambda nb: nb.metadata.update(widgets={})),
    (text_guards.short_cells, append(code("\n".join("x = 1" for _ in range(21))))),
    (text_guards.portable_markdown, append(text("see {ref}`dropout`"))),
    (text_guards.portable_markdown, append(text("see {cite:t}`srivastava2014`"))),
    (text_guards.portable_markdown, append(text("```{note}\nwords\n```"))),
    (text_guards.portable_markdown, append(text(":::{note}\nwords"))),
    (text_guards.portable_markdown, append(text("(label)=\n# Heading"))),
    (text_guards.portable_markdown, append(text("> [!NOTE]\n> words"))),
    (text_guards.portable_markdown, append(text("a claim[^1]"))),
    (text_guards.portable_markdown, append(text("{{ version }}"))),
    (text_guards.portable_markdown, append(text("see [](09-dropout.ipynb)"))),
    (text_guards.portable_markdown, append(text("\\begin{align}\na &= b\n\\end{align}"))),
    (text_guards.portable_markdown, append(text('<div class="alert alert-info">\nwords\n</div>'))),
    (text_guards.portable_markdown, append(text("<details><summary>a) 40</summary>\nwords\n\n</details>"))),
    (text_guards.portable_markdown, append(text("<details><summary>a) `40`</summary>\n\nwords\n\n</details>"))),
    (text_guards.portable_markdown, append(text("<details><summary>a) $40$</summary>\n\nwords\n\n</details>"))),
    (text_guards.images_have_alt_text, append(text("![mask](mask.png)"))),
    (text_guards.images_have_alt_text, append(text('<img src="mask.png">'))),
    (text_guards.images_have_alt_text, append(text('<img alt="mask" src="mask.png">'))),
    (text_guards.known_tags, append(code("x = 1", tags=["nbval-ignore-output"]))),
    (text_guards.known_tags, append(code("x = 1", tags=["fashion_mnist"]))),
    (text_guards.known_tags, append(code("x = 1", tags=["hide-input"]))),  # the button has no right name for axe
    (text_guards.no_empty_cells, append(text(""))),
    (text_guards.no_empty_cells, append(code(" \n"))),
    (text_guards.no_switches_in_comments, append(code("# NBVAL_IGNORE_OUTPUT\nprint(1)", printed(2)))),
    (text_guards.no_switches_in_comments, append(code("x = 1\n#NBVAL_SKIP"))),
    (text_guards.uncompared_cells_have_asserts, append(code("acc > 0.8"), tagged("# assert acc > 0.8\nprint(acc)"))),
    (text_guards.uncompared_cells_have_asserts, append(code("x = 1"), tagged("print(acc)"))),
    (text_guards.loading_is_tagged, append(code("_, _, X, y = d2l.fashion_mnist_arrays()", tags=["bits"]))),
    (text_guards.loading_is_tagged, append(code("train_iter, _ = load_data_fashion_mnist(256)"))),
    (text_guards.loading_is_tagged, append(code("X, y = d2l.capstone.data()"))),
    (text_guards.recipe_before_mxnet, change(1, source="from mxnet import nd\nimport d2l_utils as d2l")),
    (text_guards.recipe_before_mxnet, change(1, source="import mxnet.gluon as g")),
]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_faultless_notebook_passes(guard):
    assert guard(faultless()) == []


@pytest.mark.parametrize(
    ("guard", "defect"), DEFECTS, ids=[f"{guard.__name__}-{i}" for i, (guard, _) in enumerate(DEFECTS)]
)
def test_defect_is_found(guard, defect):
    content = faultless()
    defect(content)
    assert len(guard(content)) == 1


def test_every_guard_has_a_sabotage_test():
    assert {guard for guard, _ in DEFECTS} == set(GUARDS)


def test_uncompared_cell_without_output_needs_no_assert():
    assert text_guards.uncompared_cells_have_asserts(notebook(code("acc = train()", tags=["bits"]))) == []


def test_guards_name_the_defect():
    content = notebook(text("see {ref}`dropout`"), code("x = 1", tags=["hide-all"]))
    content.cells[1].execution_count = None
    assert run_guards.counts_in_order(content) == [
        "code cell 1 and its outputs must have execution count 1, got [None]"
    ]
    assert text_guards.known_tags(content) == ["unknown cell tag hide-all"]
    assert text_guards.portable_markdown(content) == ["not portable Markdown: a role such as {ref}`...`: {ref}`"]


@pytest.mark.parametrize(
    "link", ["[a](missing.ipynb)", '<img src="missing.png">', "[a](#Nowhere)", "[a](02.ipynb#Nowhere)"]
)
def test_broken_link_is_found(tmp_path, link):
    nbformat.write(notebook(text("# Part two")), tmp_path / "02.ipynb")
    target = link.split('"')[1] if '"' in link else link[4:-1]
    assert text_guards.broken_links(notebook(text(f"# Here\n\n{link}")), tmp_path) == [f"broken link {target}"]


def test_good_links_pass(tmp_path):
    nbformat.write(notebook(text("# Part two")), tmp_path / "02.ipynb")
    good = "# Here\n\n[a](02.ipynb) [b](02.ipynb#Part-two) [c](#Here) [d](https://example.org/x#y) [e](mailto:a@b.org)"
    good += "\n\n## Traps in `nn.Dropout`\n\n[f](#Traps-in-nn.Dropout)"
    assert text_guards.broken_links(notebook(text(good)), tmp_path) == []


def test_reading_does_not_repair(tmp_path):
    content = faultless()
    del content.cells[0]["id"]
    (tmp_path / "x.ipynb").write_text(nbformat.v4.writes(content), encoding="utf-8")
    assert run_guards.ids_unique(run_guards.read(tmp_path / "x.ipynb")) == ["a cell has no id"]


def test_alt_text_of_a_good_image_in_the_text():
    assert text_guards.images_have_alt_text(notebook(text(f'![{ALT}](x.png) <img src="x.png" alt="{ALT}">'))) == []
