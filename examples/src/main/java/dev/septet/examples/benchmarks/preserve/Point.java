package dev.septet.examples.benchmarks.preserve;

/**
 * Where a training is.
 *
 * @param step optimizer steps taken
 * @param task loss on tickets that are not learned, in nats per token
 * @param suite loss on the suite of general skill, in nats per token
 */
record Point(int step, double task, double suite) {}
