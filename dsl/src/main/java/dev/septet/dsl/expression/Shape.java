package dev.septet.dsl.expression;

import java.util.List;

/**
 * The shape of a word's expressions: the required result and the fields of a row.
 *
 * @param gives the result that the word requires
 * @param fields the fields of a row; empty when only the dataset defines them
 */
public record Shape(RequiredResult gives, List<String> fields) {
    public Shape {
        fields = List.copyOf(fields);
    }

    /** A shape over rows whose fields only the dataset defines. */
    public static Shape of(RequiredResult gives) {
        return new Shape(gives, List.of());
    }
}
