package dev.septet.llm.template.jinja;

/** Something wrong inside a template, before it is known which line is at fault. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Fault(String reason) {
        super(reason);
    }
}
