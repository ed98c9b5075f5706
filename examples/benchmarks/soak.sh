#!/usr/bin/env bash
# Trains the same in fresh processes and looks for a bit that differs: PROCESSES (default 20). THREADS=1 for one thread.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.soak.Soak "$here/../quickstart/base-model" "${1:-20}"
