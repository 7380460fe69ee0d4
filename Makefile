# Everything a fresh machine needs; only Python 3.11+ and make are assumed.
#   make demo      install, run the sample videos through `quickstart`, open the studio   (SERVE=0 stops before serving)
#   make test      install, then lint, types, tests
#   make install   the set-up and nothing else
#   make sglang    the model server sglang in an environment of its own (NVIDIA); `make test-sglang` tests it on a plain CPU
#   make models    also torch, for the detectors `transnet` and `easyocr`; `make test` does it, so that nothing is skipped

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= clapper-data
SERVE  ?= 1
SGLANG := .venv-sglang
CORES  ?= 2
PORT   ?= 7860

.PHONY: install demo test dev models sglang test-sglang test-gpu lint types browser screenshots clean

install: $(VENV)/.installed

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Clapper needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

demo: install
	$(BIN)/python app.py demo --data "$(DATA)" --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,)

dev: $(VENV)/.installed-dev

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

models: $(VENV)/.installed-models

$(VENV)/.installed-models: requirements-models.txt requirements.txt | install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-models.txt
	@touch $@

# The browser the tests drive: Debian's, by path. Under CI a missing browser is a failure, never a skip.
browser:
	@sh scripts/browser.sh

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev
	$(BIN)/mypy

test: dev models browser lint types
	$(BIN)/python -m pytest -n $(CORES) --dist loadfile --no-loadscope-reorder

# sglang in an environment of its own; needs an NVIDIA card.
sglang: $(SGLANG)/.installed

$(SGLANG)/.installed: requirements-sglang.txt
	$(PYTHON) -m venv $(SGLANG)
	$(SGLANG)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-sglang.txt
	@touch $@

# The same server on a plain CPU, for tests: what it imports, and itself without its CUDA-only metadata.
$(SGLANG)/.installed-cpu: requirements-sglang-cpu.txt
	$(PYTHON) -m venv $(SGLANG)
	$(SGLANG)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-sglang-cpu.txt
	$(SGLANG)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps $$(grep '^sglang==' requirements-sglang.txt)
	@touch $@

test-sglang: dev models $(SGLANG)/.installed-cpu
	CLAPPER_TEST_SGLANG=1 $(BIN)/python -m pytest tests/sglang

test-gpu: dev models sglang
	CLAPPER_TEST_SGLANG=1 $(BIN)/python -m pytest tests/sglang

screenshots: dev browser
	$(BIN)/python -m scripts.screenshots

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
