package dev.septet.examples.benchmarks.preserve;

/**
 * A training's losses at one step.
 *
 * @param step optimizer steps taken
 * @param task loss on held-out tickets, in nats per token
 * @param suite loss on the suite of general skills, in nats per token
 */
record Point(int step, double task, double suite) {}
