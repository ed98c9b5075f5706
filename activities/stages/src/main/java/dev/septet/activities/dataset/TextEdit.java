package dev.septet.activities.dataset;

/** Changes the texts of a row. */
@FunctionalInterface
public interface TextEdit {
    /**
     * The replacement of {@code text}.
     *
     * @param field the text's field in the row, such as {@code messages[1].content}
     */
    String apply(String field, String text);
}
