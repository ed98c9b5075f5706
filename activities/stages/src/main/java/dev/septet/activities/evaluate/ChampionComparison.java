package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compares the tuned model with the deployed one on the same rows. When their tokenizers differ,
 * nats per token would favour the model with shorter tokens. Therefore both losses are per token of
 * the tuned model.
 *
 * @param name name of the deployed model in a sentence
 */
record ChampionComparison(
        EvaluateSpec spec, String name, List<Outcome> deployed, List<Outcome> tuned, Bootstrap bootstrap) {
    ChampionComparison {
        List<Outcome> own = List.copyOf(tuned);
        List<Outcome> other = List.copyOf(deployed);
        tuned = own;
        deployed = IntStream.range(0, own.size())
                .mapToObj(row -> other.get(row).over(own.get(row).tokens()))
                .toList();
    }

    /** Every metric and every score of the pipeline file, paired by row. */
    List<Measurement> measurements() {
        return Stream.concat(
                        spec.metrics().stream()
                                .filter(metric -> !metric.comparesModels())
                                .map(metric -> Measurement.of(Metrics.of(metric), deployed, tuned, bootstrap)),
                        spec.scores().stream().map(score -> Evaluation.own(score, deployed, tuned, bootstrap)))
                .toList();
    }
}
