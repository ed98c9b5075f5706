package dev.septet.examples.benchmarks;

import java.util.List;

/**
 * Work that was done.
 *
 * @param answers token ids, prompt by prompt; empty where the program tells none
 * @param note what it counted, for people
 */
record Done(double seconds, List<int[]> answers, String note) {}
