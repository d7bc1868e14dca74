# Thin names; the work is done in tools/. `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup setup-books setup-bench doctor course site pdf lab notebooks experiments check test test-matrix bench lock clean

PYTHON := .venv/bin/python
BENCH := _build/bench
UV = $(or $(wildcard .tools/bin/uv),uv)
# Files are shared out in their order: by default those with few tests would come last, and the longest are among them.
SHARED = -n 2 --dist loadfile --no-loadscope-reorder
COMPILE = $(UV) pip compile --quiet --generate-hashes --no-header $(UPGRADE)

# Jupyter, IPython and Matplotlib read and write their settings here and not in the home folder, so that a person's
# own settings change no result and no target leaves a trace outside the project.
export IPYTHONDIR := $(CURDIR)/.tools/ipython
export JUPYTER_CONFIG_DIR := $(CURDIR)/.tools/jupyter/config
export JUPYTER_DATA_DIR := $(CURDIR)/.tools/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CURDIR)/.tools/jupyter/runtime
export JUPYTER_PREFER_ENV_PATH := 1
export MPLCONFIGDIR := $(CURDIR)/.tools/matplotlib
unexport JUPYTER_PATH

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1~\2/p' Makefile | awk -F '~' '{ printf "%-18s%s\n", $$1, $$2 }'

setup: ## make .venv with the locked versions
	@tools/setup.sh

setup-books: ## the same with d2l, the books' own package
	@tools/setup.sh books

setup-bench: setup ## fetch PyTorch, a peer in `make bench`, into an environment of its own (some 3 GB)
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .tools/bench
	@$(UV) pip sync --quiet --require-hashes --python .tools/bench/bin/python requirements-bench.txt

doctor: setup ## say what this environment has or lacks
	@$(PYTHON) -m d2l_utils.doctor

course: setup ## run every notebook here and render the course
	@$(PYTHON) -m tools.execute_notebooks
	@$(PYTHON) -m tools.build_site --notebooks _build/notebooks --output _site
	@echo "or: $(PYTHON) -m http.server --bind 127.0.0.1 --directory _site, and open http://127.0.0.1:8000"

site: setup ## render the course from the committed outputs
	@$(PYTHON) -m tools.build_site --notebooks notebooks --output _site

pdf: site ## print the rendered course to _build/course.pdf
	@$(PYTHON) -m tools.build_pdf --site _site --output _build/course.pdf

lab: setup ## open JupyterLab in notebooks/
	@$(PYTHON) -m jupyterlab $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB) notebooks

notebooks: setup ## authors: write the exercises into the chapters, execute all in place
	@$(PYTHON) -m tools.make_exercises
	@$(PYTHON) -m tools.execute_notebooks --in-place
	@$(PYTHON) -m tools.readme_figure

experiments: setup ## authors: run what is missing in the tables of experiments/ (EXPERIMENTS="NAME --workers 4")
	@$(PYTHON) -m d2l_utils.experiments $(EXPERIMENTS)

check: setup ## ruff, unit tests and guards
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check --quiet
	@$(PYTHON) -m pytest -n 2 --dist loadfile -m "not whole"

test: check ## all tests: check, whole commands and pages in a browser, then every notebook executed and compared
	@$(PYTHON) -m pytest $(SHARED) -m whole tests/test_site.py tests  # the longest first
	@$(PYTHON) -m pytest -p tools.nbval_plugin --nbval --nbval-current-env \
	    --nbval-sanitize-with tests/sanitize.cfg $(SHARED) notebooks
	@echo "all tests passed"

test-matrix: setup ## the package's tests and one notebook on each of Python 3.12 and 3.13 that is here
	@$(PYTHON) -m tools.test_matrix $(MATRIX)

bench: setup ## time training beside d2lzh, PyTorch and the arithmetic alone: two tables and two plots in _build/bench/
	@$(PYTHON) -m bench --output $(BENCH)
	@$(PYTHON) -m bench.growth --output $(BENCH)
	@$(PYTHON) -m bench.operators --output $(BENCH)

lock: ## compile the locks from pyproject.toml (newest versions: UPGRADE=--upgrade)
	@$(COMPILE) pyproject.toml --universal --group build --group test --group site --output-file requirements.txt
	@$(COMPILE) --group uv --output-file requirements-uv.txt
	@$(COMPILE) --universal --group books --constraints requirements.txt --output-file requirements-books.txt
	@$(COMPILE) --python-version 3.11 --group bench --output-file requirements-bench.txt

clean: ## remove what was built; .venv and the fetched tools stay
	@rm -rf _build _site .pytest_cache .ruff_cache .hypothesis
