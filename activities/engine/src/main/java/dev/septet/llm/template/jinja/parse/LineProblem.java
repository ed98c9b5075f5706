package dev.septet.llm.template.jinja.parse;

/** An error in a line of a template, before the template's name is known. */
public final class LineProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;

    public LineProblem(int line, String reason) {
        super(reason);
        this.line = line;
    }

    public int line() {
        return line;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
