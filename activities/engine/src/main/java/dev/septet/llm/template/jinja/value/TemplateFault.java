package dev.septet.llm.template.jinja.value;

/** An error inside a template, before its line is known. */
public final class TemplateFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TemplateFault(String reason) {
        super(reason);
    }
}
