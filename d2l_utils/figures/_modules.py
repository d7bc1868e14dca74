"""The ES modules of the figures, as JupyterLab's widgets and the site's pages take them."""

import re
from functools import cache
from pathlib import Path

MIME = "application/vnd.d2l.figure+json"  # {"figure": name of the module, "data": JSON text of what it draws}
WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./parts\.js";\n', re.MULTILINE)


@cache
def module(name):
    """Give the text of a figure's module, complete in itself: parts.js stands where it is imported."""
    folder = Path(__file__).parent
    source, parts = ((folder / f"{stem}.js").read_text(encoding="utf-8") for stem in (name, "parts"))
    complete, imports = _IMPORT.subn(lambda _: parts, source)
    if imports != 1:
        raise ValueError(f"module: {name}.js must import from parts.js once, got {imports} such imports")
    return complete
