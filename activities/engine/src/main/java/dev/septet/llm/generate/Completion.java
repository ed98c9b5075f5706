package dev.septet.llm.generate;

/** A request's answer and its token usage. */
public record Completion(Generated answer, Usage usage) {}
