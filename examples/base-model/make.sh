#!/bin/sh
# Recreates examples/quickstart/base-model and examples/quickstart/data from source code alone.
set -eu
cd "$(dirname "$0")/../.."
classpath=examples/benchmarks/target/base-model.classpath
mvn -q -Pbenchmarks -pl examples/benchmarks -am -Dmaven.test.skip test-compile dependency:build-classpath \
    -Dmdep.outputFile="$PWD/$classpath"
java="java -cp examples/benchmarks/target/classes:$(cat "$classpath")"
$java dev.septet.examples.QuickstartData examples/quickstart/data
$java -Dai.djl.pytorch.num_threads="${THREADS:-2}" dev.septet.examples.basemodel.BaseModelRecipe \
    examples/target/base-model examples/quickstart/base-model
