#!/usr/bin/env bash
# The whole attack suite: the attack tests by their names, then hostile files and requests of every kind, generated from a seed.
#
#   attack.sh [--minutes 10] [--seed 1] [--at-once 2] [--folder NEW] [--record] [--no-tests] [KIND...]
#
# --record writes the table into RESULTS.md beside this script. Exit code 1: a test failed or there was a
# finding. FOLDER/findings has each input and what happened.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
minutes=10 seed=1 at_once=2 folder="" record="" tests=yes
while [ $# -gt 0 ]; do
    case $1 in
        --minutes) minutes=$2; shift 2 ;;
        --seed) seed=$2; shift 2 ;;
        --at-once) at_once=$2; shift 2 ;;
        --folder) folder=$2; shift 2 ;;
        --record) record=yes; shift ;;
        --no-tests) tests=""; shift ;;
        --*) echo "attack.sh: no option $1; see the comment at its top" >&2; exit 2 ;;
        *) break ;;
    esac
done
folder=${folder:-$(mktemp -d)}
status=0
tested="The attack tests were not part of this run: they run in each build."
if [ -n "$tests" ]; then
    names() { sed -n "s/^$1 //p" "$here/tests.txt" | paste -sd, -; }
    # The maven.test.failure.ignore of the first run lets the second one follow.
    mvn -B -f "$home/pom.xml" verify -Dtests.excluded=none -Dtest="$(names unit)" -Dit.test="$(names whole)" \
        -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false > "$folder/tests.log" 2>&1 || {
        status=1
        echo "attack.sh: an attack test failed; see $folder/tests.log" >&2
    }
    # The sums of Surefire and Failsafe, one for each module.
    tested=$(awk -F'[:,]' '/Tests run:/ && !/Time elapsed/ { run += $2; bad += $4 + $6; skipped += $8 }
        END { printf "Attack tests: %d run, %d failed, %d skipped.", run, bad, skipped }' "$folder/tests.log")
fi
HEAP=256m "$here/../benchmarks/program" attacks.AttackSuite "$home" "$folder" "$minutes" "$seed" "$at_once" "$@" \
    > "$folder/table.md" || status=$?
cat "$folder/table.md"
if [ -n "$record" ]; then
    {
        echo "# Last run of the attack suite"
        echo
        echo "Written by \`attack.sh --record\`; [SECURITY.md](../../.github/SECURITY.md) describes the suite."
        echo "[FINDINGS.md](FINDINGS.md) lists what earlier runs found."
        echo
        echo "$tested"
        echo
        cat "$folder/table.md"
    } > "$here/RESULTS.md"
fi
echo "attack.sh: logs and findings are in $folder" >&2
exit "$status"
