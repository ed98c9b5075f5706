#!/usr/bin/env bash
# Compares Septet with lm-evaluation-harness on the tasks that the tests use (examples/benchmarks/exam.sh [ROUNDS] [TASK...]):
# the seconds of the requests, processor time and peak memory of the process, each with minimum and median. The two alternate,
# with THREADS (2) threads each. LM_EVAL names a Python interpreter with lm-eval 0.4.13 (transformers, torch); BATCH is its
# batch size (1; larger ones are slower on a CPU). The metrics of both are printed first: they must be equal.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
: "${LM_EVAL:?set it to a Python interpreter with lm-eval}"
tasks=$home/activities/stages/src/test/resources/dev/septet/activities/evaluate/benchmark/exam
rounds=${1:-5}
shift || true
[ $# -gt 0 ] || set -- $(cd "$tasks/tasks" && ls exam_*.yaml | sed 's/\.yaml$//' | grep -v exam_choice)
export THREADS=${THREADS:-2} GOMP_SPINCOUNT=0 OMP_WAIT_POLICY=PASSIVE TOKENIZERS_PARALLELISM=false
gguf=$("$here/model")
model=$(ls -d "${XDG_CACHE_HOME:-$HOME/.cache}/septet/converted/$(sha256sum "$gguf" | cut -d' ' -f1)"-v* | tail -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=$THREADS HF_DATASETS_CACHE=$work/datasets
measured() { # NAME COMMAND...: appends "NAME seconds processor-seconds peak-MB"
    python3 - "$work" "$@" << 'PYTHON'
import os
import resource
import subprocess
import sys

work, name, command = sys.argv[1], sys.argv[2], sys.argv[3:]
with open(f"{work}/{name}.out", "w") as out, open(f"{work}/{name}.err", "w") as err:
    code = subprocess.run(command, stdout=out, stderr=err).returncode
if code:
    sys.exit(open(f"{work}/{name}.err").read()[-2000:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = open(f"{work}/{name}.out").read().split("seconds ")[1].strip()
with open(f"{work}/times", "a") as times:
    times.write(f"{name} {seconds} {used.ru_utime + used.ru_stime:.1f} {used.ru_maxrss / 1024:.0f}\n")
PYTHON
}
for ((round = 1; round <= rounds; round++)); do
    measured septet "$here/program" benchmarks.exam.ExamBenchmark "$gguf" "$tasks" "$@"
    measured lm-eval "$LM_EVAL" "$here/src/main/resources/dev/septet/examples/benchmarks/exam/exam_peer.py" "$model" "$tasks" \
        "${BATCH:-1}" "$@"
    [ $round -gt 1 ] || { grep -v seconds "$work/septet.out" | sed 's/^/septet  /'; grep -v seconds "$work/lm-eval.out" | sed 's/^/lm-eval /'; }
done
python3 - "$work/times" << 'PYTHON'
import statistics
import sys

rows = [line.split() for line in open(sys.argv[1])]
print(f"{'':8} {'seconds min':>12} {'median':>8} {'processor min':>14} {'median':>8} {'peak MB':>8}")
found = {}
for name in ("septet", "lm-eval"):
    columns = [[float(row[at]) for row in rows if row[0] == name] for at in (1, 2, 3)]
    found[name] = [min(columns[0]), statistics.median(columns[0]), min(columns[1]), statistics.median(columns[1]), statistics.median(columns[2])]
    print(f"{name:8} {found[name][0]:12.1f} {found[name][1]:8.1f} {found[name][2]:14.1f} {found[name][3]:8.1f} {found[name][4]:8.0f}")
ratio = [other / own for own, other in zip(found["septet"], found["lm-eval"])]
print(f"{'ratio':8} {ratio[0]:12.2f} {ratio[1]:8.2f} {ratio[2]:14.2f} {ratio[3]:8.2f} {ratio[4]:8.2f}")
PYTHON
