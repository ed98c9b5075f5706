#!/usr/bin/env bash
# Kills trainings of every method at one and at two threads, at random instants and inside saves, and says how many
# ended in the undisturbed one's bytes: KILLS (default 100) SEED (default 1). Ends with 1 if any did not.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" kills.KillBenchmark "$here/../quickstart/base-model" "${1:-100}" "${2:-1}"
