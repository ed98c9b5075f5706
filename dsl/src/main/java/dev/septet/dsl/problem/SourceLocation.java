package dev.septet.dsl.problem;

/**
 * The location of a piece of a pipeline file. Lines and columns count from 1, columns count code points, and the end
 * column is the first one after the piece.
 *
 * @param line 0 when the problem concerns the whole file
 */
public record SourceLocation(String file, int line, int column, int endLine, int endColumn) {
    /** The whole file. */
    public static SourceLocation of(String file) {
        return new SourceLocation(file, 0, 0, 0, 0);
    }

    /** A piece within one line. */
    public static SourceLocation of(String file, int line, int column, int length) {
        return new SourceLocation(file, line, column, line, column + length);
    }

    /** Whether the location names a line. */
    public boolean hasLine() {
        return line > 0;
    }
}
