#!/usr/bin/env bash
# soak.sh [PROCESSES (20)]: repeats the same training in new processes and searches for bits that differ. THREADS=1 for one thread.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.soak.Soak "$here/../quickstart/base-model" "${1:-20}"
