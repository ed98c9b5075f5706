package dev.septet.workflows.setup;

import dev.septet.workflows.artifact.Origin;

/**
 * What a trial found.
 *
 * @param validationLoss mean negative log-likelihood of a loss-carrying validation token, nats
 */
public record TrialResult(int number, double learningRate, int rank, double validationLoss, Origin origin) {}
