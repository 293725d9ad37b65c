# The targets need Python 3.11 or newer and make; everything else is installed into .venv.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
BIN := .venv/bin

.PHONY: run test check docs docs-all reference install clean

run: install
	@$(BIN)/zigwire run --default

test: .venv/.developing .venv/.library .venv/.page
	$(BIN)/python -m pytest

check: .venv/.developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The documentation site, in site/.
docs: .venv/.developing
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

# The same with a page for each of the 5,300 devices, which takes a minute or two and 250 MB.
docs-all: .venv/.developing .venv/.library
	rm -rf build/docs-all
	mkdir -p build/docs-all
	cp -r docs *.md mkdocs.yml build/docs-all
	$(BIN)/zigwire docs --out build/docs-all/docs/devices
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --config-file build/docs-all/mkdocs.yml --site-dir $(CURDIR)/site

# The pages of the documentation that are made of the program: docs/configuration.md and docs/mqtt.md.
reference: .venv/.installed
	$(BIN)/python -m zigwire.docgen.reference docs

install: .venv/.installed .venv/.library .venv/.page

clean:
	rm -rf .venv

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Zigwire needs Python 3.11 or newer on the PATH"; exit 1; }
	@echo "Setting Zigwire up in .venv: once, for less than a minute."
	@$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python requirements.lock pyproject.toml
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/.developing: .venv/.installed requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# Most definitions of devices are fetched. Where that fails Zigwire runs on those that it has itself, says so at each
# start, and does not try again by itself.
.venv/.library: .venv/.installed zigwire/herdsman_library/package-lock.json
	@$(BIN)/zigwire library fetch || echo "Going on without the library of definitions:" \
		"\`$(BIN)/zigwire library fetch\` tries again."
	@touch $@

# The page that browsers are served is fetched, too; the small one in Zigwire is served where that fails.
.venv/.page: .venv/.installed zigwire/web/pages/windfront/package-lock.json
	@$(BIN)/zigwire page fetch || echo "Going on with the small built-in page:" \
		"\`$(BIN)/zigwire page fetch\` tries to get the full one again."
	@touch $@
