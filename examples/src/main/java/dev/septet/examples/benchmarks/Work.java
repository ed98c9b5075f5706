package dev.septet.examples.benchmarks;

import java.util.List;

/**
 * Requests to answer, all greedily.
 *
 * @param prompts token ids of each
 * @param newTokens tokens of every answer; none ends before
 * @param atOnce how many are asked at once; the others wait
 */
record Work(List<int[]> prompts, int newTokens, int atOnce) {}
