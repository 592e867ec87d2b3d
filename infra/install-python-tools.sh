#!/usr/bin/env bash
# Installs cfn-lint, ministack and the AWS CLI into .venv/ (git-ignored). Does nothing where the same versions are there.
set -euo pipefail
cd "$(dirname "$0")/.."

installed=.venv/requirements.txt
if cmp -s infra/requirements.txt "$installed"; then exit 0; fi
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement infra/requirements.txt
cp infra/requirements.txt "$installed"
