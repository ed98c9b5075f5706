package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * An expression over a row, in canonical form: constants are replaced by their values, and the file's white space and
 * comments are removed. Its location is for messages only and is not part of any digest.
 *
 * @param text such as {@code row.answer.length() > 20}
 * @param file name of the pipeline file, or of the file that it includes
 * @param line line where the expression begins, counted from 1
 * @param column column where the expression begins, counted from 1 in code points
 */
public record ExpressionSpec(String text, String file, int line, int column) {
    public ExpressionSpec {
        require(!text.isBlank(), "an expression cannot be empty");
        require(line >= 0 && column >= 0, "an expression's place cannot be negative");
    }

    /** The location, such as {@code support.groovy:9:14}. */
    public String place() {
        return file + ":" + line + ":" + column;
    }
}
