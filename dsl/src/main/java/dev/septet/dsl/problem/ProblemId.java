package dev.septet.dsl.problem;

import java.util.Locale;

/** Kinds of problems; their {@link #code} is what tools sort and silence by. */
public enum ProblemId {
    /** The file cannot be read from disk. */
    UNREADABLE,
    /** The bytes are no text this language takes: encoding, control or look-alike characters. */
    TEXT,
    /** The file is larger, deeper or slower to read than any pipeline needs. */
    LIMIT,
    /** The text is no statement of the language: brackets, quotes, commas. */
    SYNTAX,
    /** Valid Groovy that a pipeline file has no use for: code, in all its forms. */
    NOT_ALLOWED,
    /** A word that the block does not know. */
    UNKNOWN_WORD,
    /** An option that the word does not know. */
    UNKNOWN_OPTION,
    /** A unit that does not exist. */
    UNKNOWN_UNIT,
    /** A name that nothing defines. */
    UNKNOWN_NAME,
    /** A word, option, constant or parameter said twice. */
    DUPLICATE,
    /** A word, option or value that is needed and not there. */
    MISSING,
    /** A value of the wrong kind. */
    WRONG_TYPE,
    /** A value of the right kind that makes no sense here. */
    BAD_VALUE,
    /** Words that are right alone and wrong together. */
    CONFLICT,
    /** A path that leads nowhere, or where it may not. */
    PATH,
    /** A parameter given at the start that does not fit the file. */
    PARAMETER;

    /** The kind's name in reports, such as {@code unknown-word}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
