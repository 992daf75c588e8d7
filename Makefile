# Everything that a developer or a district types. Start with `make audit`; `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
SAMPLE := sample-district
STAMP := $(VENV)/.complete
# What the benchmark compares with, in an environment of its own: Rollbook uses none of it.
YARDSTICK := build/presidio
# What the language model is trained with, keeping freed memory, which saves a quarter of the time. Then authors of its
# training text: whose posts only calibrate it; whom it meets in the second round only, and in the third; who came
# after that; and whose everyday feeds say how much of a feed the sieve lets pass.
TRAINING := build/train/venv
KEEP_MEMORY := MALLOC_MMAP_THRESHOLD_=2000000000 MALLOC_TRIM_THRESHOLD_=8000000000
KEPT_BACK := dov,gil,mae
SECOND := bea,cal,uma,vic,wyn,xan,yve,zed
THIRD := dee,eli,flo,ike,nia,ola,pel,ros,siv,ulf
NOT_YET := alma,bram,cora,dana
FEEDS_BACK := tor,wil

.PHONY: help setup install audit lint types test check bench soak train size lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | while IFS=$$'\t' read -r name about; do \
		printf 'make %-10s %s\n' "$$name" "$$about"; done

setup: $(STAMP)  ## an environment in .venv with everything that developing needs; quick when nothing changed

$(STAMP): requirements.lock pyproject.toml tools/setup.sh
	@bash tools/setup.sh $(VENV)
	@touch $@

install:  ## for a server: the program in .venv without developers' tools (WITH=base leaves photographs and the language model out)
	@bash tools/setup.sh $(VENV) $(or $(WITH),base language vision)

audit: setup  ## the main job on the sample district: collects, archives, checks and reports
	@$(BIN)/rollbook sample $(SAMPLE)

lint: setup  ## style, docstrings and the layers of the house
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo

types: setup  ## mypy strict and pyright
	$(BIN)/mypy
	$(BIN)/pyright

test: setup  ## the whole test suite, in random order (JOBS=0 in one process)
	$(BIN)/python -m pytest --numprocesses=$(or $(JOBS),2) --dist=loadscope --no-loadscope-reorder $(TESTS)

check: lint types test  ## what continuous integration runs

bench: setup $(YARDSTICK)/.complete  ## measures speed and size beside Presidio, writes docs/benchmarks.md (MILLION=1: up to as many posts)
	PRESIDIO_PYTHON=$(YARDSTICK)/bin/python $(BIN)/python tests/bench/run.py $(if $(MILLION),--million)

$(YARDSTICK)/.complete: tests/bench/presidio.lock
	@bash tools/setup.sh $(YARDSTICK) --only $<
	@touch $@

soak: setup  ## kill -9 at random during collect and analyze, ROUNDS times
	$(BIN)/python tests/soak/run.py --rounds $(or $(ROUNDS),200)

train: setup $(TRAINING)/.complete  ## the language model anew, from training/posts: two to three hours on two cores, the same weights each time
	cd training && export PYTHONPATH=..:. $(KEEP_MEMORY) && python=../$(TRAINING)/bin/python && \
		$$python start.py && $$python corpus.py && \
		$$python train.py --epochs 5 --without $(KEPT_BACK),$(NOT_YET),$(FEEDS_BACK),$(THIRD),$(SECOND) --out ../build/train/first.pt && \
		$$python train.py --epochs 3 --without $(KEPT_BACK),$(NOT_YET),$(FEEDS_BACK),$(THIRD) --begin ../build/train/first.pt --out ../build/train/second.pt && \
		$$python train.py --epochs 1 --without $(KEPT_BACK),$(NOT_YET),$(FEEDS_BACK) --begin ../build/train/second.pt --seed 13 && \
		$$python measure.py ../build/train/network.pt --authors $(KEPT_BACK) && \
		$$python sieve.py --without $(KEPT_BACK),$(NOT_YET),$(FEEDS_BACK) && $$python export.py && \
		../$(BIN)/python tune.py --authors $(KEPT_BACK),$(FEEDS_BACK)

$(TRAINING)/.complete: training/train.lock
	@bash tools/setup.sh $(TRAINING) --only $<
	@touch $@

size:  ## how much disk the base install takes, in a fresh environment
	@$(or $(PYTHON),python3) tools/install_size.py

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock' --quiet $(if $(UPGRADE),--upgrade)

lock:  ## writes requirements.lock anew (needs uv); UPGRADE=1 takes newer versions
	$(LOCK) pyproject.toml --all-extras --group build --group dev --output-file requirements.lock
	$(LOCK) tests/bench/presidio.in --output-file tests/bench/presidio.lock
	$(LOCK) training/train.in --output-file training/train.lock
	@! grep -nE '://|^-' requirements.lock tests/bench/presidio.lock training/train.lock || { echo 'a host or an option: see above' >&2; exit 1; }

clean:  ## removes what was built, not the archive of any workspace
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
