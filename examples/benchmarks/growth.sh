#!/usr/bin/env bash
# Measures how a LoRA step's time and memory grow with the length of rows and with the model, beside transformers +
# peft; prints tables and draws curves beside this script: REPEATS (default 5).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.training.GrowthBenchmark "$("$here/model")" "$("$here/peers")" "${1:-5}" "$here"
