package dev.septet.activities.dataset;

/** A change to the texts of a row. */
@FunctionalInterface
public interface TextEdit {
    /**
     * The text to put in place of {@code text}.
     *
     * @param field where it stands in the row, such as {@code messages[1].content}
     */
    String apply(String field, String text);
}
