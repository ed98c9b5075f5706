package dev.septet.dsl.parse;

import java.util.Set;

/**
 * The words of the language that take braces.
 *
 * @param perRow words whose braces hold an expression over a row
 * @param blocks words whose braces hold words
 */
public record BraceWords(Set<String> perRow, Set<String> blocks) {
    /** Of a text without words: one expression over a row. */
    static final BraceWords NONE = new BraceWords(Set.of(), Set.of());

    public BraceWords {
        perRow = Set.copyOf(perRow);
        blocks = Set.copyOf(blocks);
    }
}
