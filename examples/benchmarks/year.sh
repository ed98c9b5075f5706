#!/usr/bin/env bash
# year.sh: simulates a year of weekly retraining and draws the disk, the histories and the memory beside this script. The first two
# tests use the real store and garbage collection, and the real audit log; the third one the real workflows on Temporal's test server, which skips time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
mvn -q -f "$home/pom.xml" -Plong -pl activities/stages -am \
    -Dtest='GarbageCollectionTest#aYearOfWeeklyRetrainingStaysBounded,AuditYearTest' \
    -Dsurefire.failIfNoSpecifiedTests=false test
mvn -q -f "$home/pom.xml" -Pnightly -pl workflows -am -Dtest=YearOfRetrainingTest -Dsurefire.failIfNoSpecifiedTests=false test
stages=$home/activities/stages/target
exec "$here/program" benchmarks.year.YearCurves "$stages/year-disk.csv" "$stages/year-audit.csv" "$home/workflows/target/year.csv" "$here"
