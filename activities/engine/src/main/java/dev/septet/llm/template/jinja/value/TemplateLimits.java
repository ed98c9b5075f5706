package dev.septet.llm.template.jinja.value;

/**
 * Limits of one rendering.
 *
 * @param steps evaluated nodes and loop iterations
 * @param characters created characters, in the output and in intermediate values
 * @param depth nesting depth of nodes, macro calls included
 */
public record TemplateLimits(long steps, long characters, int depth) {
    /** Sufficient for ten thousand messages or a megabyte of message text; about a second of work. */
    public static final TemplateLimits STANDARD = new TemplateLimits(5_000_000, 64L << 20, 200);
}
