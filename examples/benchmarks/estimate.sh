#!/usr/bin/env bash
# estimate.sh [memory] [MODEL]...: compares the memory and time that `./septet plan` estimates with those of trainings; prints a table.
# With the argument memory it measures no times, so it also works on a busy machine. STEPS (3): steps before the memory is read.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.estimate.EstimateBenchmark "$("$here/model")" "$@"
