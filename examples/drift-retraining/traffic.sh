#!/bin/sh
# Sends requests to the served model as customers would: examples/drift-retraining/traffic.sh 400 600:intents:80 (see --help).
set -eu
cd "$(dirname "$0")/../.."
classpath=examples/target/traffic.classpath
if [ ! -f "$classpath" ] || [ ! -d examples/target/classes ]; then
    mvn -q -pl examples -am -Dmaven.test.skip test-compile dependency:build-classpath \
        -Dmdep.outputFile="$PWD/$classpath"
fi
exec java -cp "examples/target/classes:$(cat "$classpath")" \
    dev.septet.examples.traffic.TrafficProgram "$@"
