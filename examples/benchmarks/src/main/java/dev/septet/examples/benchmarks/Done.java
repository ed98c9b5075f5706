package dev.septet.examples.benchmarks;

import java.util.List;

/**
 * The result of a benchmark's work.
 *
 * @param answers token ids of each prompt's answer; empty when the program returns none
 * @param note further counts, as text for people
 */
record Done(double seconds, List<int[]> answers, String note) {}
