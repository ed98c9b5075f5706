package dev.septet.llm.template.jinja.value;

/**
 * A name or attribute that does not exist. It prints as nothing and counts as false and as empty.
 * Every other use is a fault.
 *
 * @param what description in messages
 */
public record Undefined(String what) {
    public TemplateFault fault() {
        return new TemplateFault(what);
    }
}
