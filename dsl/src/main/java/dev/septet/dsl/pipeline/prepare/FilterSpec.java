package dev.septet.dsl.pipeline.prepare;

import dev.septet.dsl.pipeline.ExpressionSpec;

/**
 * Rows for which it is false go.
 *
 * @param keep an expression that is true or false
 */
public record FilterSpec(ExpressionSpec keep) implements TransformSpec {}
