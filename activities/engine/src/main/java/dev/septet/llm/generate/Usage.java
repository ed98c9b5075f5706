package dev.septet.llm.generate;

/**
 * What a request cost.
 *
 * @param prompt tokens of the prompt
 * @param reused those of them that were not computed, because another request had been
 * @param answer tokens of the answer, a stop token included
 * @param drafted tokens guessed ahead
 * @param accepted those of them that the model would have written itself
 */
public record Usage(int prompt, int reused, int answer, int drafted, int accepted) {}
