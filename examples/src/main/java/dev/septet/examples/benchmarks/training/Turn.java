package dev.septet.examples.benchmarks.training;

/**
 * One optimizer step.
 *
 * @param tokens of real text that were learned from; padding is none
 * @param loss mean over the tokens that carry loss, in nats
 */
record Turn(double seconds, long tokens, double loss) {}
