#!/usr/bin/env bash
# preserve.sh [EXAM] [SEED...]: measures how much the quickstart's base model forgets while it learns the tickets, with and without
# capability retention; prints a table and draws a figure. EXAM: chosen-by (rows and seed 1 that were used to choose the strengths)
# or reported (default, seeds 4 to 6). Measurements are stored in FOLDER (examples/target/preserve), so that an interrupted run
# continues. METHOD=lora: LoRA of rank 16. ONLY='replay-10 replay-25': only these words and their baseline.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exam=${1:-reported}
shift || true
[ $# -gt 0 ] || set -- 4 5 6
folder=${FOLDER:-$here/../target/preserve}
method=${METHOD:-full}
general="from: 'general.jsonl'"

train() { # SEED NAME STEPS WORDS
    [[ -z ${ONLY:-} || " plain $ONLY " == *" $2 "* ]] || return 0
    "$here/program" benchmarks.preserve.Lesson "$here/../quickstart" "$folder" "$exam" "$method" "$@"
}

for seed; do
    train "$seed" plain 30,60,110 ''
    train "$seed" replay-10 60 "preserve replay: 10.percent, $general"
    train "$seed" replay-25 60 "preserve replay: 25.percent, $general"
    train "$seed" replay-50 60 "preserve replay: 50.percent, $general"
    train "$seed" l2sp 60 'preserve l2sp: 0.01'
    train "$seed" ewc 60 "preserve ewc: 100.0, $general"
    train "$seed" unfreeze 60 'unfreeze gradually: 5.steps'
done
"$here/program" benchmarks.preserve.Report "$folder/$exam-$method" "$here/preserve-$method.svg"
