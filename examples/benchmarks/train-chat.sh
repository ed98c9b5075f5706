#!/usr/bin/env bash
# Measures LoRA on chats of uneven length, answers only, beside TRL's SFTTrainer with peft; prints tables: REPEATS (default 5).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.training.TrainingBenchmark chat "$("$here/model")" \
    "$here/../support-assistant/data/conversations.jsonl" "$("$here/peers")" "${1:-5}"
