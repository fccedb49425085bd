# Start on a new machine with `make demo` or `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo

.PHONY: soak notebooks pictures setup setup-dev demo test coverage check lock samples floors clean

$(BIN)/.base: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# uv takes a tenth of pip's time but does not read pip's settings (a mirror, say): where it fails, pip does it
$(BIN)/.dev: requirements-dev.lock requirements-uv.lock $(BIN)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-uv.lock
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --require-hashes -r requirements-dev.lock \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --require-hashes -r requirements-dev.lock
	touch $@

setup: $(BIN)/.base
setup-dev: $(BIN)/.dev

# triage of our own samples into a separate queue; some of them are problem files on purpose (exit code 3)
demo: setup
	@rm -rf $(DEMO)
	@QINGGUI_HOME=$(DEMO) $(BIN)/qinggui triage corpora/samples --as-of 2026-11-22 --place 湖南 || test $$? -eq 3
	@echo
	@echo "看一份文件的全部理由：QINGGUI_HOME=$(DEMO) $(BIN)/qinggui show 1"
	@echo "再看队列和问题清单：  QINGGUI_HOME=$(DEMO) $(BIN)/qinggui queue"
	@echo "审自己的文件：        $(BIN)/qinggui triage 文件或文件夹"
	@echo "打开审查台（网页）：  先 QINGGUI_HOME=$(DEMO) $(BIN)/qinggui user add 账号 --role 主审，再 QINGGUI_HOME=$(DEMO) $(BIN)/qinggui serve"

test: setup-dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

# kills, a full disk, a clock set back, thirty writers, hostile files: a table of what was tried, survived and lost (ten to twenty minutes)
soak: setup-dev
	$(BIN)/python -m tests.soak

# test coverage by line and branch; takes twice as long as `make test`
coverage: setup-dev
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist worksteal

# updates the lock files: name==version with hashes, without registry addresses
lock: setup-dev
	$(BIN)/python -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra postgres --extra install --output-file requirements.lock pyproject.toml
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra postgres --extra tables --extra train --extra campaign --extra ocr --extra laws --extra analysis --extra notebooks --extra install --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	grep -oE '^uv==[0-9.]+' requirements-dev.lock | $(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --output-file requirements-uv.lock -

notebooks: setup-dev
	cd notebooks && ../$(BIN)/jupyter execute --inplace *.ipynb

# the pictures of README and docs/, taken of a desk filled from our own samples; needs Chromium and a Chinese font
pictures: setup-dev
	$(BIN)/python docs/make_pictures.py

samples: setup-dev
	$(BIN)/python -m corpora.make_samples

floors: setup
	$(BIN)/qinggui evaluate --gold ../shared/gold --as-of 2026-11-22 --floors corpora/gold/floors.json --update-floors

clean:
	rm -rf $(VENV) $(DEMO) .pytest_cache .mypy_cache .ruff_cache .coverage
