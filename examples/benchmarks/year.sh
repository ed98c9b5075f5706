#!/usr/bin/env bash
# year.sh: simulates a year of weekly retraining and draws the disk, the histories and the memory beside this script. The first test
# uses the real store and the real garbage collection; the second one the real workflows on Temporal's test server, which skips time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
mvn -q -f "$home/pom.xml" -Plong -pl activities/stages -am -Dtest='GarbageCollectionTest#aYearOfWeeklyRetrainingStaysBounded' \
    -Dsurefire.failIfNoSpecifiedTests=false test
mvn -q -f "$home/pom.xml" -Pnightly -pl workflows -am -Dtest=YearOfRetrainingTest -Dsurefire.failIfNoSpecifiedTests=false test
exec "$here/program" benchmarks.year.YearCurves "$home/activities/stages/target/year-disk.csv" "$home/workflows/target/year.csv" "$here"
