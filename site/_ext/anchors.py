"""Anchors of headings, so that one link between notebooks works in JupyterLab and on the site."""


def jupyter_anchor(heading):
    """Return the anchor that JupyterLab gives to a heading."""
    return heading.replace(" ", "-")
