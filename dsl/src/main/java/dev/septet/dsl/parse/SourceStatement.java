package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;
import java.util.Optional;

/** A line of a pipeline file. */
public sealed interface SourceStatement {
    /** A word with its values: {@code split train: 90.percent, test: 10.percent}. */
    record Say(SourceTerm.Call call) implements SourceStatement {}

    /** {@code def name = value}. */
    public record Constant(String name, SourceLocation at, SourceTerm value) implements SourceStatement {}

    /** {@code if (condition) { ... } else { ... }}. */
    record Choice(SourceTerm condition, Block then, Optional<Block> otherwise) implements SourceStatement {}

    /**
     * A sentence of an included file, whose constants are that file's.
     *
     * @param file the name that problems are reported under
     */
    record From(SourceStatement sentence, String file) implements SourceStatement {}

    /**
     * A statement that was refused, its problem reported.
     *
     * @param word the word that it was about, so that nobody asks for it again
     */
    record Refused(Optional<String> word) implements SourceStatement {}
}
