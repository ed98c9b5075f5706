package dev.septet.llm.template.jinja.value;

/** Something wrong inside a template, before it is known which line is at fault. */
public final class TemplateFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TemplateFault(String reason) {
        super(reason);
    }
}
