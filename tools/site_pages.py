"""The pages made from the chapters and from the package: table of chapters, bibliography and reference."""

import html
import inspect
import operator
import re
from importlib import import_module

import d2l_utils as d2l

from tools import chapter_guards

_REFERENCE = re.compile(
    r"^- (?P<work>.*?\*.+?\*.*?)(?:: (?P<sections>(?:sections?|chapters?|pages?|articles?|equations?) .*))?$"
)
_INTRODUCED = re.compile(r"^Introduced in: (?:notebooks/(?P<notebook>\S+)|(?P<later>.+))$", re.MULTILINE)
_CHAPTER_LINK = re.compile(r"\[(?P<title>[^\]]+)\]\((?:\.\./)?(?P<notebook>\d\d-[\w-]+\.ipynb)(?:#[^\s)]*)?\)")


def write_pages(source, chapters):
    """Write all of them; `chapters` maps the path of each notebook on the site to the notebook."""
    index = source / "index.md"
    index.write_text(index.read_text(encoding="utf-8").replace("<!-- chapters -->", contents(chapters)), "utf-8")
    (source / "bibliography.md").write_text(bibliography(chapters), "utf-8")
    (source / "reference").mkdir()
    (source / "reference" / "index.md").write_text(reference_index(chapters), "utf-8")
    for name in documented():
        (source / "reference" / f"{name}.md").write_text(reference_page(name, chapters), "utf-8")
    for page in [*source.glob("*.md"), *source.glob("reference/*.md")]:
        page.write_text(without_absent_chapters(page.read_text("utf-8"), chapters), "utf-8")


def without_absent_chapters(text, chapters):
    """Where a page links to a chapter that is not rendered (a part of the course was asked for), leave its title."""
    there = {path.as_posix() for path in chapters}
    return _CHAPTER_LINK.sub(lambda link: link[0] if link["notebook"] in there else link["title"], text)


def title(notebook):
    """Return a notebook's title."""
    return notebook.cells[0].source.partition("\n")[0].lstrip("# ")


def chapter_row(notebook, path):
    """Describe a chapter for the landing page: title and question, minutes, download."""
    rest = notebook.cells[0].source.partition("\n")[2]
    question = " ".join(rest.strip().split("\n\n")[0].split()).replace("|", "\\|")
    question = re.sub(r"^\*\*(.*)\*\*$", r"\1", question)  # in the table it is the title that stands out
    if question.startswith("<"):  # a box, not a sentence
        question = ""
    minutes = re.search(r"\d+(?= ?min)", "\n".join(cell.source for cell in notebook.cells[:2]))
    label = html.escape(f"Download {title(notebook)}")
    return (
        f"| [{title(notebook)}]({path.as_posix()})<br>{question} | {minutes[0] + ' min' if minutes else ''} "
        f'| <a href="notebooks/{path.as_posix()}" aria-label="{label}" download>download</a> |'
    )


def contents(chapters):
    """Write the table of chapters and the trees from which Sphinx takes the order of the pages."""
    solutions = [path for path in chapters if path.parts[0] == "solutions"]
    read = [path for path in chapters if path not in solutions]
    table = ["| Read | Time | Run |", "|---|---|---|", *(chapter_row(chapters[path], path) for path in read)]
    return "\n".join(
        ['<div class="chapters">', "", *table, "", "</div>", "", *tree(read), *tree(solutions, "Solutions")]
    )


def tree(paths, caption=""):
    """Write one tree of pages, under a caption if it has one; none for no pages."""
    options = [":hidden:", f":caption: {caption}" if caption else ""]
    names = [path.with_suffix("").as_posix() for path in paths]
    return ["```{toctree}", *filter(None, options), "", *names, "```", ""] if paths else []


def bibliography(chapters):
    """Collect what the chapters list under References: each work once, with the sections used and where."""
    works = {}
    for path, notebook in chapters.items():
        for line in (chapter_guards.section(notebook, "References") or "").splitlines():
            if entry := _REFERENCE.match(line):
                used = f"[{title(notebook)}]({path.as_posix()}): {entry['sections'] or 'as a whole.'}"
                works.setdefault(entry["work"], []).append(f"  - {used}")
    lines = [line for work in sorted(works) for line in (f"- {work}", *works[work])]
    return "\n".join(["# Bibliography", "", "Each work, the sections that the course uses, and where.", "", *lines, ""])


def by_topic():
    """Give the public functions and classes of each module: {module: names}."""
    in_modules = {name: [f"{name}.{of}" for of in functions] for name, functions in d2l._PUBLIC_IN_MODULES.items()}
    return {topic: list(filter(is_documented, names)) for topic, names in (d2l._PUBLIC | in_modules).items()}


def documented():
    """List the public functions and classes: what has a page."""
    return [name for names in by_topic().values() for name in names]


def public(name):
    """Give what a public name, perhaps one in a module, stands for."""
    return operator.attrgetter(name)(d2l)


def is_documented(name):
    """Tell functions and classes from constants and other packages' modules."""
    return inspect.isroutine(public(name)) or inspect.isclass(public(name))


def chapter_of(name, chapters):
    """Return a link to the chapter that introduces a public name, or which chapter to come will."""
    place = _INTRODUCED.search(inspect.getdoc(public(name)))
    titles = {path.as_posix(): title(notebook) for path, notebook in chapters.items()}
    if place["later"]:
        return place["later"]
    return f"[{titles.get(place['notebook'], place['notebook'])}](../{place['notebook']})"


def reference_index(chapters):
    """Write the overview: the public names by topic, each with its first sentence and its chapter."""
    lines = ["# Reference", "", "The names behind `import d2l_utils as d2l`, by topic.", ""]
    for topic, names in by_topic().items():
        summary = import_module(f"d2l_utils.{topic}").__doc__.splitlines()[0]
        lines += [f"## {topic}", "", summary, "", "| name | what it does | introduced in |", "|---|---|---|"]
        for name in names:
            sentence = inspect.getdoc(public(name)).splitlines()[0].replace("|", "\\|")
            lines.append(f"| [`{name}`]({name}.md) | {sentence} | {chapter_of(name, chapters)} |")
        lines.append("")
    return "\n".join([*lines, "```{toctree}", ":hidden:", *documented(), "```", ""])


def reference_page(name, chapters):
    """Write the page of a public name; Sphinx takes the rest from the docstring."""
    directive = "autoclass" if inspect.isclass(public(name)) else "autofunction"
    documentation = f"```{{eval-rst}}\n.. {directive}:: d2l_utils.{name}\n```"
    return f"# d2l.{name}\n\nIntroduced in: {chapter_of(name, chapters)}.\n\n{documentation}\n"
