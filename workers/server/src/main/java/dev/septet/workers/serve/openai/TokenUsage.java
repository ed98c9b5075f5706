package dev.septet.workers.serve.openai;

/**
 * Tokens of a request.
 *
 * @param prompt read, of all prompts
 * @param completion written, of all answers
 */
public record TokenUsage(long prompt, long completion) {}
