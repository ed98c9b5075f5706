package dev.septet.llm.template.jinja.value;

/**
 * A part of a text.
 *
 * @param start first UTF-16 unit
 * @param end one after the last
 */
public record Span(int start, int end) {
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("no span from " + start + " to " + end);
        }
    }

    /** This part of the text. */
    public String of(String text) {
        return text.substring(start, end);
    }
}
