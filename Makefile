# Shorthand for developers. The README's two commands need none of this.
PYTHON = .venv/bin/python

.PHONY: demo test lint format lock assets wheel clean

demo:
	python3 -m engage demo

test:
	python3 -m engage test

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m djlint templates --lint --quiet
	$(PYTHON) -m deptry .

format:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

# Locks carry hashes and no addresses, so that any index or mirror serves them. The second holds the first, pin for pin.
LOCK = uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
lock:
	$(LOCK) --group build --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

assets:
	python3 -m engage assets

wheel:
	$(PYTHON) -m hatchling build --target wheel

clean:
	rm -rf dist build engage/static .engage assets/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
