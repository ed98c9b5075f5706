package dev.septet.dsl.expression.regex;

/** Is told what work costs, and may refuse to pay by throwing. */
@FunctionalInterface
public interface Cost {
    /** So many steps more. */
    void add(long steps);
}
