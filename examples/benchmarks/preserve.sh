#!/usr/bin/env bash
# Measures what learning tickets costs the quickstart's base model of general skill, with and without the words that
# preserve it; prints a table and draws them: preserve.sh EXAM SEED...
# EXAM: chosen-by (strengths were chosen by it, seed 1) or reported (default, seeds 4 to 6). What is measured is
# kept in FOLDER (examples/target/preserve), so that a run that was ended goes on; METHOD=lora for LoRA of rank 16;
# ONLY='replay-10 replay-25': these words and what they are compared with.
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
