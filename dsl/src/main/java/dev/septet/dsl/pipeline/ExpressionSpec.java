package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * An expression over a row, in one canonical form: constants replaced by their values, blanks and
 * comments of the file left out. Its place serves messages and is no part of any digest.
 *
 * @param text such as {@code row.answer.length() > 20}
 * @param file name of the pipeline file, or of the file it includes
 * @param line where it begins in that file, counted from 1
 * @param column as {@code line}, in code points
 */
public record ExpressionSpec(String text, String file, int line, int column) {
    public ExpressionSpec {
        require(!text.isBlank(), "an expression cannot be empty");
        require(line >= 0 && column >= 0, "an expression's place cannot be negative");
    }

    /** Where it stands: {@code support.groovy:9:14}. */
    public String place() {
        return file + ":" + line + ":" + column;
    }
}
