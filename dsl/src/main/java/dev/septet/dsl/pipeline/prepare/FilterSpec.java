package dev.septet.dsl.pipeline.prepare;

import dev.septet.dsl.pipeline.ExpressionSpec;

/**
 * Keeps the rows for which the expression is true.
 *
 * @param keep an expression whose result is true or false
 */
public record FilterSpec(ExpressionSpec keep) implements TransformSpec {}
