package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;

import java.util.Optional;

/** A line of a pipeline file. */
public sealed interface Sentence {
    /** A word with its values: {@code split train: 90.percent, test: 10.percent}. */
    record Say(Term.Call call) implements Sentence {}

    /** {@code def name = value}. */
    record Constant(String name, SourceLocation at, Term value) implements Sentence {}

    /** {@code if (condition) { ... } else { ... }}. */
    record Choice(Term condition, Block then, Optional<Block> otherwise) implements Sentence {}

    /**
     * A sentence of an included file, whose constants are that file's.
     *
     * @param file the name that problems are reported under
     */
    record From(Sentence sentence, String file) implements Sentence {}

    /**
     * A statement that was refused, its problem reported.
     *
     * @param word the word that it was about, so that nobody asks for it again
     */
    record Refused(Optional<String> word) implements Sentence {}
}
