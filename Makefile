# make run    the course: every lecture, offline, then the site in build/site/index.html
# make test   the tests: the package, and every lecture compared with its stored output
# make test-oldest, test-colab, test-newest    the package with other versions, in environments of their own
# make slides  a deck of slides from each lecture, in build/slides/index.html (LECTURES="03 04" for some)
# make lab    JupyterLab
# make sync   execute the sources of lectures and assignments and store the notebooks (LECTURES="03 04" for some)
# make site   the site from what was executed last
# make doctor    looks at this machine
# make wheelhouse    all wheels for installing without network (PLATFORM=windows FOR_PYTHON=3.12 for others)
# make clean  remove build/
#
# PYTHON=python3.12 chooses the interpreter for .venv. On Windows, see the README.

PYTHON ?= python3
LECTURES ?=
BIN := .venv/bin
READY := .venv/.cnnkit-ready

.PHONY: run test test-oldest test-colab test-newest lab sync site slides wheelhouse doctor clean

run: $(READY)
	CNNKIT_OFFLINE=1 $(BIN)/python -m cnnkit run $(LECTURES)

test: $(READY)
	CNNKIT_OFFLINE=1 $(BIN)/python -m pytest -n 2 --dist loadfile

# Without .venv: any Python from 3.10 can start it, and it makes .venv-oldest and so on.
test-oldest test-colab test-newest:
	$(PYTHON) -m cnnkit versions $(@:test-%=%)

lab: $(READY)
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks

sync: $(READY)
	$(BIN)/python -m cnnkit sync $(LECTURES)

site: $(READY)
	$(BIN)/python -m cnnkit site

slides: $(READY)
	$(BIN)/python -m cnnkit slides $(LECTURES)

wheelhouse: $(READY)
	$(BIN)/python -m cnnkit wheelhouse $(if $(PLATFORM),--platform $(PLATFORM)) $(if $(FOR_PYTHON),--python $(FOR_PYTHON))

doctor: $(READY)
	$(BIN)/python -m cnnkit doctor

# Installed again whenever what is asked for has changed.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "The course needs Python 3.10 to 3.13, because TensorFlow does; $(PYTHON) is" \
			"$$($(PYTHON) --version 2>&1). Choose another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements.txt
	touch $@

clean:
	rm -rf build
