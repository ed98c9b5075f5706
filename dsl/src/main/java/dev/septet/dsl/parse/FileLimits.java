package dev.septet.dsl.parse;

import java.time.Duration;

/**
 * Limits of a pipeline file: far above any real file, and far below what stalls Groovy's parser, which needs
 * exponential time for nested braces and quadratic time for long numbers.
 */
final class FileLimits {
    static final int BYTES = 256 * 1024;
    static final int DEPTH = 32;
    static final int TEXT_CHARACTERS = 64 * 1024;
    static final int NUMBER_CHARACTERS = 64;
    static final int STATEMENTS = 5_000;

    /** Words, values and operators in one line. */
    static final int LINE_TOKENS = 2_000;

    /** Nesting of expressions; {@code 1 + 1 + 1} has depth two. */
    static final int EXPRESSION_DEPTH = 200;

    /** The largest power of ten of a number, positive or negative: a double can hold no larger one. */
    static final int NUMBER_EXPONENT = 308;

    /** CPU time of the parser for one file. */
    static final Duration PARSE = Duration.ofSeconds(2);

    /** The longest wait for that CPU time on a busy machine. */
    static final Duration WAIT = Duration.ofSeconds(20);

    private FileLimits() {}
}
