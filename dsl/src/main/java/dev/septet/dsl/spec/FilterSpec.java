package dev.septet.dsl.spec;

/**
 * Rows for which it is false go.
 *
 * @param keep an expression that is true or false
 */
public record FilterSpec(ExpressionSpec keep) implements TransformSpec {}
