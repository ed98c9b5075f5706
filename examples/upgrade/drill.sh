#!/usr/bin/env bash
# drill.sh [RUNS (20) [STEPS (24)]]: a rolling upgrade of workers and server in the middle of runs, compared with undisturbed runs.
# Exits with 1 if anything was lost. See .github/docs/upgrading.md.
set -euo pipefail
home=$(cd "$(dirname "$0")/../.." && pwd)
earlier=$("$home/.ci/earlier-server")
exec "$home/examples/benchmarks/program" upgrade.RollingUpgrade "$home" "${1:-20}" "${2:-24}" "$earlier"
