package dev.septet.examples.benchmarks;

import java.util.List;

/**
 * Requests to answer with greedy decoding.
 *
 * @param prompts token ids of each prompt
 * @param newTokens tokens of every answer; no answer ends earlier
 * @param atOnce number of requests that are sent at once; the others wait
 */
record Work(List<int[]> prompts, int newTokens, int atOnce) {}
