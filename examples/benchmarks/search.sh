#!/usr/bin/env bash
# search.sh: the winner and the steps of a grid on the quickstart's data, and of the same grid with rungs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.search.GridAndHalving "$here/../quickstart" "${1:-learningRate 2e-4, 1e-3, 5e-3; rank 2, 8, 32; steps 27}"
