package dev.septet.activities.store;

/**
 * The right to write: a scope and the attempt that holds it. Once a later attempt of the same scope
 * has opened its fence, every commit of an earlier one is refused.
 *
 * @param scope what the attempts compete for, such as {@code <run>/train}
 * @param attempt from 1, growing
 */
public record Fence(String scope, int attempt) {}
