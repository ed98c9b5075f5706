package dev.septet.dsl.problem;

/**
 * A piece of a pipeline file. Lines and columns count from 1, columns count code points, and the
 * end column is the first one after the piece.
 *
 * @param line 0 when the problem is with the file as a whole
 */
public record SourceLocation(String file, int line, int column, int endLine, int endColumn) {
    /** The file as a whole. */
    public static SourceLocation of(String file) {
        return new SourceLocation(file, 0, 0, 0, 0);
    }

    /** A piece within one line. */
    public static SourceLocation of(String file, int line, int column, int length) {
        return new SourceLocation(file, line, column, line, column + length);
    }

    /** Whether the problem has a place in the file at all. */
    public boolean hasLine() {
        return line > 0;
    }
}
