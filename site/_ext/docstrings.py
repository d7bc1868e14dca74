"""What the reference shows of a docstring: all but its last line, which the page itself shows as a link."""


def drop_last_line(app, what, name, obj, options, lines):
    """Take `Introduced in: ...` out of a docstring."""
    lines[:] = [line for line in lines if not line.startswith("Introduced in:")]


def setup(app):
    """Run before napoleon, which would make the line a part of the section above it."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", drop_last_line, priority=1)
    return {"parallel_read_safe": True}
