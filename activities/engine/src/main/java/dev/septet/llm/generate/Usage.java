package dev.septet.llm.generate;

/**
 * The token usage of a request.
 *
 * @param prompt tokens of the prompt
 * @param reused prompt tokens that came from the prefix cache
 * @param answer tokens of the answer, including a stop token
 * @param drafted drafted tokens
 * @param accepted drafted tokens that the model accepted
 */
public record Usage(int prompt, int reused, int answer, int drafted, int accepted) {}
