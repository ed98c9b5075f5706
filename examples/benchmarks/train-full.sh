#!/usr/bin/env bash
# Measures full fine-tuning beside transformers; prints tables: REPEATS (default 5).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.training.TrainingBenchmark full "$("$here/model")" \
    "$here/../support-assistant/data/conversations.jsonl" "$("$here/peers")" "${1:-5}"
