#!/usr/bin/env bash
# Measures how a LoRA step's time and memory grow with the length of rows and with the model, compared with transformers +
# peft; prints tables and draws curves beside this script: REPEATS (default 5), length or size (default both).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# The largest random model is written from the heap.
HEAP=2g exec "$here/program" benchmarks.training.GrowthBenchmark "$("$here/model")" "$("$here/peers")" "${1:-5}" "$here" "${@:2}"
