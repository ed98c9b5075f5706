#!/usr/bin/env bash
# Holds what `./septet plan` says of memory and time to what training takes; prints a table: [memory] [MODEL]...
# With the word memory no times are taken, which also goes on a busy machine. STEPS (3): after how many memory is read.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.estimate.EstimateBenchmark "$("$here/model")" "$@"
