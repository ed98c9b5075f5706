#!/usr/bin/env bash
# Measures LoRA on rows of equal length, bf16 and float32, beside transformers + peft; prints tables: REPEATS (default 5).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.training.TrainingBenchmark lora "$("$here/model")" \
    "$here/../support-assistant/data/conversations.jsonl" "$("$here/peers")" "${1:-5}"
