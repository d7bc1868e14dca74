"""What every unit test starts from: the same random streams, and no test that is right only by chance."""

import d2l_utils as d2l

import hypothesis
import pytest

# The same examples in every run: what passes here passes everywhere. The time of a first example (imports, caches) and
# of a loaded machine says nothing about the code.
hypothesis.settings.register_profile("course", derandomize=True, deadline=None)
hypothesis.settings.load_profile("course")


@pytest.fixture(autouse=True)
def seed_all_streams():
    """Seed every random stream before each test."""
    d2l.seed_everything(0)


@pytest.fixture(scope="session")
def figure_site(request, tmp_path_factory):
    """Give a site with a page for each test file that has code for a figure under PLAYED; rendering takes long."""
    from playing import figure_pages  # late: most tests need no browser

    modules = {item.module for item in request.session.items if hasattr(getattr(item, "module", None), "PLAYED")}
    figures = {module.__name__: module.PLAYED for module in sorted(modules, key=lambda module: module.__name__)}
    return figure_pages(tmp_path_factory.mktemp("figures"), figures)


@pytest.fixture(scope="module")
def seen(request, figure_site):
    """Play with the figure of a test file on its page; give what was seen."""
    from playing import play_page

    return play_page(figure_site, request.module.__name__)
