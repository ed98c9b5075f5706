package dev.septet.llm.template.jinja;

/**
 * A template that cannot be parsed or rendered. The message names the template, the line, and what
 * is wrong.
 */
public final class TemplateProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;

    public TemplateProblem(String template, int line, String reason) {
        super(template + ", line " + line + ": " + reason);
        this.line = line;
    }

    public TemplateProblem(String template, String reason) {
        super(template + ": " + reason);
        this.line = 0;
    }

    /** Line in the template, from 1; 0 if no line is known. */
    public int line() {
        return line;
    }
}
