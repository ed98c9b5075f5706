#!/usr/bin/env bash
# Measures what checkpoints cost a LoRA training of SmolLM2-135M, and how fast it goes on; prints a table: REPEATS (default 5).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.saves.CheckpointBenchmark "$("$here/model")" "${1:-5}"
