package dev.septet.dsl.parse;

import java.time.Duration;

/**
 * How large a pipeline file may be: far above any real one, far below what stalls Groovy's parser
 * (nested braces cost it exponential time, long digits quadratic).
 */
final class FileLimits {
    static final int BYTES = 256 * 1024;
    static final int DEPTH = 32;
    static final int TEXT_CHARACTERS = 64 * 1024;
    static final int NUMBER_CHARACTERS = 64;
    static final int STATEMENTS = 5_000;

    /** Words, values and signs of one line. */
    static final int LINE_TOKENS = 2_000;

    /** Nested expressions; {@code 1 + 1 + 1} is two deep. */
    static final int EXPRESSION_DEPTH = 200;

    /** Largest power of ten, up or down, that a number may have: beyond lies no double. */
    static final int NUMBER_EXPONENT = 308;

    /** Work that the parser may do for one file. */
    static final Duration PARSE = Duration.ofSeconds(2);

    /** How long a busy machine may take for that work. */
    static final Duration WAIT = Duration.ofSeconds(20);

    private FileLimits() {}
}
