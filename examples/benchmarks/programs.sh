#!/usr/bin/env bash
# Measures a LoRA step by autograd's program and by the one with its own backward pass; prints tables,
# and where a step's time goes by libtorch's profiler: REPEATS (default 5).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.programs.ProgramBenchmark "$("$here/model")" "${1:-5}"
