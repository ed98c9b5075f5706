package dev.septet.llm.generate;

/** A request's answer and what it cost. */
public record Completion(Generated answer, Usage usage) {}
