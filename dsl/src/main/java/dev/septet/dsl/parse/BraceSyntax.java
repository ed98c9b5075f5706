package dev.septet.dsl.parse;

import java.util.Set;

/**
 * The words of the language that take braces.
 *
 * @param perRow words whose braces contain an expression over a row
 * @param blocks words whose braces contain words
 */
public record BraceSyntax(Set<String> perRow, Set<String> blocks) {
    /** For a text without words: one expression over a row. */
    static final BraceSyntax NONE = new BraceSyntax(Set.of(), Set.of());

    public BraceSyntax {
        perRow = Set.copyOf(perRow);
        blocks = Set.copyOf(blocks);
    }
}
