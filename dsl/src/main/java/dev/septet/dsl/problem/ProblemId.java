package dev.septet.dsl.problem;

import java.util.Locale;

/** Kinds of problems. Tools sort and suppress problems by their {@link #code}. */
public enum ProblemId {
    /** The file cannot be read from disk. */
    UNREADABLE("The file cannot be read from disk."),
    /**
     * The bytes are not text that the language accepts: encoding, control or look-alike characters.
     */
    TEXT("The bytes are not text that the language accepts: encoding, control or look-alike" + " characters."),
    /** The file is larger, deeper or slower to read than any pipeline needs. */
    LIMIT("The file is larger, deeper or slower to read than any pipeline needs."),
    /** The text is not a statement of the language: brackets, quotes, commas. */
    SYNTAX("The text is not a statement of the language: brackets, quotes, commas."),
    /** Valid Groovy that is not allowed in a pipeline file: code of any kind. */
    NOT_ALLOWED("Valid Groovy that is not allowed in a pipeline file: code of any kind."),
    /** A word that the block does not know. */
    UNKNOWN_WORD("A word that the block does not know."),
    /** An option that the word does not know. */
    UNKNOWN_OPTION("An option that the word does not know."),
    /** A unit that does not exist. */
    UNKNOWN_UNIT("A unit that does not exist."),
    /** A name that nothing defines. */
    UNKNOWN_NAME("A name that nothing defines."),
    /** A word, option, constant or parameter that is set twice. */
    DUPLICATE("A word, option, constant or parameter that is set twice."),
    /** A required word, option or value that is missing. */
    MISSING("A required word, option or value that is missing."),
    /** A value of the wrong kind. */
    WRONG_TYPE("A value of the wrong kind."),
    /** A value of the right kind that makes no sense here. */
    BAD_VALUE("A value of the right kind that makes no sense here."),
    /** Words that are right alone and wrong together. */
    CONFLICT("Words that are right alone and wrong together."),
    /** A path that does not exist, or that is not allowed. */
    PATH("A path that does not exist, or that is not allowed."),
    /** A parameter given at the start that does not fit the file. */
    PARAMETER("A parameter given at the start that does not fit the file."),
    /** A jar on the class path declares words that cannot be used. */
    EXTENSION("A jar on the class path declares words that cannot be used."),
    /** A remark: the file is valid, but a word in it has less effect than expected. */
    REMARK("A remark: the file is valid, but a word in it has less effect than expected."),
    /**
     * A remark: a path is outside of the pipeline's folder, and each worker decides what it may
     * read.
     */
    OUTSIDE("A remark: a path is outside of the pipeline's folder, and each worker decides what it" + " may read.");

    private final String meaning;

    ProblemId(String meaning) {
        this.meaning = meaning;
    }

    /** A sentence that describes this kind of problem. */
    public String meaning() {
        return meaning;
    }

    /** Whether this kind is a remark only: a file with remarks and no other problems is valid. */
    public boolean isRemark() {
        return this == REMARK || this == OUTSIDE;
    }

    /** The kind's name in reports, such as {@code unknown-word}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
