package dev.septet.dsl.expression;

import java.util.List;

/**
 * What a word's expressions look like.
 *
 * @param gives what the word needs
 * @param fields the fields that a row has; empty when only the rows know
 */
public record Shape(RequiredResult gives, List<String> fields) {
    public Shape {
        fields = List.copyOf(fields);
    }

    /** Over rows whose fields only the rows know. */
    public static Shape of(RequiredResult gives) {
        return new Shape(gives, List.of());
    }
}
