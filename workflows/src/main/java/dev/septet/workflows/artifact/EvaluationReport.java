package dev.septet.workflows.artifact;

import java.util.List;

/**
 * The findings of evaluation; curves and samples are in its artifact.
 *
 * @param artifact folder with {@code report.html}, {@code results.json}, {@code README.md} (model
 *     card), {@code predictions.jsonl}
 */
public record EvaluationReport(
        Verdict verdict, List<Score> scores, ArtifactRef artifact, Origin origin) {
    public EvaluationReport {
        scores = List.copyOf(scores);
    }
}
