#!/usr/bin/env bash
# checkpoints.sh [REPEATS (5)]: measures the cost of checkpoints in a LoRA training of SmolLM2-135M, and the time to resume; prints a table.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.saves.CheckpointBenchmark "$("$here/model")" "${1:-5}"
