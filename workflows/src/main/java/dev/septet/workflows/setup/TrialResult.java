package dev.septet.workflows.setup;

import dev.septet.workflows.artifact.Origin;

/**
 * The result of a trial.
 *
 * @param validationLoss mean negative log-likelihood per validation token with loss, in nats
 */
public record TrialResult(int number, double learningRate, int rank, double validationLoss, Origin origin) {}
