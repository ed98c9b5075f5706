package dev.septet.examples.benchmarks.training;

/**
 * The measurements of one optimizer step.
 *
 * @param tokens tokens in the step, without padding
 * @param loss mean over the tokens that carry loss, in nats
 */
record Turn(double seconds, long tokens, double loss) {}
