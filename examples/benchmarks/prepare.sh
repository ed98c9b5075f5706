#!/usr/bin/env bash
# prepare.sh [MEGABYTES (100)] [REPEATS (3)]: the prepare stage beside Hugging Face datasets and DuckDB, with the same steps on the
# same rows, side by side. Prints a table: the least and the median time by the clock and of the processors, rows per second, and
# what each found. HEAP (1g) is Septet's heap. MODES ("exact near") are the modes: the peer on datasets takes very long for
# near-duplicates in more than some thousand rows. The Python environment is that of .ci/python-env trl, with DuckDB beside it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
megabytes=${1:-100}
repeats=${2:-3}
peers=$here/src/main/resources/dev/septet/examples/benchmarks/cleaning
python=$("$here/../../.ci/python-env" trl)
duckdb=${XDG_CACHE_HOME:-$HOME/.cache}/septet/duckdb-1.4.2
[ -d "$duckdb" ] || "$python" -m pip install --quiet --disable-pip-version-check --target "$duckdb" duckdb==1.4.2 >&2
work=$(mktemp -d "${TMPDIR:-/tmp}/septet-prepare.XXXXXX")
trap 'rm -rf "$work"' EXIT
export HEAP=${HEAP:-1g}
model=$("$here/program" benchmarks.ModelFolderPath "$("$here/model")")
"$here/program" benchmarks.cleaning.PrepareSpeed generate "$work/rows.jsonl" "$megabytes" 160
rows=$(wc -l < "$work/rows.jsonl")

# once NAME COMMAND...: runs a command, and notes its time and what it found.
once() {
    local name=$1
    shift
    rm -rf "$work/run"
    mkdir "$work/run"
    TIMEFORMAT='%R %U %S'
    { time "$@" > "$work/found" 2> "$work/errors"; } 2> "$work/time" || { cat "$work/errors" >&2; exit 1; }
    echo "$name|$(tail -n 1 "$work/time")|$(tail -n 1 "$work/found")" >> "$work/results"
}

for ((i = 0; i < repeats; i++)); do
    for mode in ${MODES:-exact near}; do
        once "Septet, $mode" "$here/program" benchmarks.cleaning.PrepareSpeed run "$work/rows.jsonl" "$model" $mode "$work/run"
        once "datasets, $mode" "$python" "$peers/prepare_peer.py" "$work/rows.jsonl" "$model/tokenizer.json" $mode "$work/run"
    done
    PYTHONPATH=$duckdb once "DuckDB, without tokens" "$python" "$peers/prepare_duckdb.py" "$work/rows.jsonl" "$work/run/out.json"
done

"$python" - "$work/results" "$rows" <<'PY'
import statistics
import sys

runs = {}
for line in open(sys.argv[1]):
    name, time, found = line.rstrip("\n").split("|", 2)
    clock, user, system = map(float, time.split())
    runs.setdefault(name, []).append((clock, user + system, found))
rows = int(sys.argv[2])
print("| program | s, least | s, median | processor s, least | processor s, median | rows/s, best | rows/processor s, best |")
print("| --- | --- | --- | --- | --- | --- | --- |")
for name, each in runs.items():
    clock, cpu = [run[0] for run in each], [run[1] for run in each]
    print(f"| {name} | {min(clock):.1f} | {statistics.median(clock):.1f} | {min(cpu):.1f} | {statistics.median(cpu):.1f} |"
          f" {rows / min(clock):,.0f} | {rows / min(cpu):,.0f} |")
print()
for name, each in runs.items():
    print(f"{name}: {each[0][2]}" + ("" if len({run[2].split(',\"seconds')[0] for run in each}) == 1 else " (differs between runs)"))
print("load average at the end:", open("/proc/loadavg").read().split()[0])
PY
