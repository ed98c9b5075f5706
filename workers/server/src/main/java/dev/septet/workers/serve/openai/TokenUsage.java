package dev.septet.workers.serve.openai;

/**
 * The token counts of a request.
 *
 * @param prompt tokens of all prompts
 * @param completion generated tokens of all answers
 */
public record TokenUsage(long prompt, long completion) {}
