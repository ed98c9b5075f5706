package dev.septet.dsl.pipeline.search;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * The second round of a choice between base models: the best candidates of the exam of untrained models train for some steps, and
 * are compared again. It is one rung of successive halving over models.
 *
 * @param steps first optimizer steps of the file's own training that each of them does
 * @param keep number of candidates that train, at most
 * @see <a href="https://arxiv.org/abs/1502.07943">Jamieson and Talwalkar, 2016</a>
 */
public record CandidateTrainingSpec(int steps, int keep) {
    public static final int DEFAULT_KEEP = 2;

    public CandidateTrainingSpec {
        require(steps >= 1, "candidates steps: must be at least 1, got %s", steps);
        require(
                keep >= 2,
                "candidates keep: must be at least 2, got %s; one candidate alone is compared with no other",
                keep);
    }
}
