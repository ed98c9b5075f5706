package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.spec.EvaluateSpec;

import java.util.List;
import java.util.stream.Stream;

/**
 * The tuned model against the deployed one, on the same rows.
 *
 * @param name of the deployed one, in a sentence
 */
record Rivalry(
        EvaluateSpec spec,
        String name,
        List<Outcome> deployed,
        List<Outcome> tuned,
        Bootstrap bootstrap) {
    /** Every metric and every score of the file's own, paired by row. */
    List<Measurement> measurements() {
        return Stream.concat(
                        spec.metrics().stream()
                                .map(
                                        metric ->
                                                Measurement.of(
                                                        Metrics.named(metric.name()),
                                                        deployed,
                                                        tuned,
                                                        bootstrap)),
                        spec.scores().stream()
                                .map(score -> Evaluation.own(score, deployed, tuned, bootstrap)))
                .toList();
    }
}
