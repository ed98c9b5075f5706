package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;
import java.util.Optional;

/** A statement of a pipeline file. */
public sealed interface SourceStatement {
    /** A word with its values, such as {@code split train: 90.percent, test: 10.percent}. */
    record WordCall(SourceTerm.Call call) implements SourceStatement {}

    /** A constant: {@code def name = value}. */
    public record Constant(String name, SourceLocation at, SourceTerm value) implements SourceStatement {}

    /** A condition: {@code if (condition) { ... } else { ... }}. */
    record Choice(SourceTerm condition, Block then, Optional<Block> otherwise) implements SourceStatement {}

    /**
     * A statement of an included file, which sees the constants of that file.
     *
     * @param file the included file's name in problems
     */
    record From(SourceStatement sentence, String file) implements SourceStatement {}

    /**
     * A rejected statement, whose problem is already reported.
     *
     * @param word the statement's word, so that it is not reported as missing
     */
    record Refused(Optional<String> word) implements SourceStatement {}
}
