package dev.septet.llm.template.jinja.value;

/**
 * Bounds of one rendering.
 *
 * @param steps evaluated nodes and loop rounds
 * @param characters characters made, in the output and on the way to it
 * @param depth nodes within nodes, macro calls included
 */
public record TemplateLimits(long steps, long characters, int depth) {
    /** Enough for ten thousand messages or a megabyte of text in them; about a second of work. */
    public static final TemplateLimits STANDARD = new TemplateLimits(5_000_000, 64L << 20, 200);
}
