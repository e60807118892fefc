# Everything a newcomer needs: `make demo` shows a call, `make run` serves, `make test` checks all.
# On Debian and Ubuntu the packages named below are installed by apt-get (as root or through sudo).

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 5060
VENV := .venv
BIN := $(VENV)/bin

# espeak-ng speaks; libespeak-ng1 is what pyttsx3 loads; libspandsp2 hears in-band tones.
RUN_PACKAGES := python3-venv espeak-ng libespeak-ng1 espeak-ng-data libspandsp2
# What Qt needs to show a window, and fonts with Chinese in them.
DESIGN_PACKAGES := libgl1 libegl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 \
	libpulse0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 \
	libxcb-randr0 libxcb-xkb1 fonts-inter fonts-noto-cjk
# Real peers, servers and a screen for the tests.
TEST_PACKAGES := $(RUN_PACKAGES) $(DESIGN_PACKAGES) sip-tester baresip-core kamailio kamailio-extra-modules \
	postgresql tcpdump procps xvfb xdotool

.PHONY: help setup demo run design test check reference docs screenshots test-setup clean

help:
	@echo "make demo    see a real call walk through the sample flow"
	@echo "make run     serve the sample flow (HOST=<LAN address> for telephones on your network)"
	@echo "make design  draw flows: installs the designer and opens the sample flow"
	@echo "make setup   only install: $(BIN)/cordboard"
	@echo "make test    all checks and tests, with real peers"
	@echo "make check   ruff, mypy, import contracts (quick)"
	@echo "make docs    the manual as web pages: build/docs/index.html"
	@echo "make screenshots  the pictures of the guide, from the real program (Xvfb)"

setup: $(VENV)/.run-packages $(VENV)/.installed

test-setup: $(VENV)/.test-packages $(VENV)/.installed-dev

$(VENV)/.run-packages: Makefile
	@sh deploy/debian-packages.sh $(RUN_PACKAGES)
	@mkdir -p $(VENV) && touch $@

$(VENV)/.test-packages: Makefile
	@sh deploy/debian-packages.sh $(TEST_PACKAGES)
	@mkdir -p $(VENV) && touch $@ $(VENV)/.run-packages

$(BIN)/python:
	@echo "making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/.run-packages $(BIN)/python
	@echo "installing Cordboard into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/.test-packages $(BIN)/python
	@echo "installing Cordboard and its test tools into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,docs,designer,pyvoip,postgresql]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-docs

$(VENV)/.installed-docs: pyproject.toml | $(VENV)/.run-packages $(BIN)/python
	@echo "installing Cordboard and what makes its manual into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@ $(VENV)/.installed

demo: setup
	@$(BIN)/cordboard demo

run: setup
	@[ -e var/line/cordboard.toml ] || $(BIN)/cordboard init var/line
	@$(BIN)/cordboard serve --config var/line/cordboard.toml --host $(HOST) --port $(PORT)

$(VENV)/.installed-designer: pyproject.toml | $(VENV)/.run-packages $(BIN)/python
	@sh deploy/debian-packages.sh $(DESIGN_PACKAGES)
	@echo "installing the designer into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[designer]'
	@touch $@ $(VENV)/.installed

design: $(VENV)/.installed-designer
	@[ -e var/line/cordboard.toml ] || $(BIN)/cordboard init var/line
	@$(BIN)/cordboard design var/line/gas_hotline.flow

check: test-setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cordboard fmt --check $$(find sample_flows -name '*.flow')
	set -e; for config in sample_flows/*/cordboard.toml; do \
	  $(BIN)/cordboard check --config $$config $$(find $${config%/*} -name '*.flow'); \
	done
	$(BIN)/cordboard test --min-coverage 100 sample_flows

# The reference pages are written from the node classes, the functions and the checks.
reference: $(VENV)/.installed-docs
	$(BIN)/python -m cordboard.manual docs/reference

docs: reference
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet --builder html docs build/docs
	@echo "read build/docs/index.html"

# Names of pictures make only those: make screenshots PICTURES="main main-zh".
screenshots: test-setup
	$(BIN)/python docs/screenshots $(PICTURES)

test: check
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term

clean:
	rm -rf build dist *.egg-info htmlcov .coverage .coverage.* var
