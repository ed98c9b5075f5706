package dev.septet.llm.generate.constraint;

/** A JSON schema that answers cannot be limited to. */
public final class SchemaProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String pointer;
    private final String reason;

    SchemaProblem(String pointer, String reason) {
        super("the schema at '%s' %s".formatted(pointer.isEmpty() ? "#" : "#" + pointer, reason), null, false, false);
        this.pointer = pointer;
        this.reason = reason;
    }

    /** JSON pointer of the part of the schema. */
    public String pointer() {
        return pointer;
    }

    /** What is wrong there, and what to do. */
    public String reason() {
        return reason;
    }
}
