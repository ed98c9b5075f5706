package dev.septet.llm.template.jinja.value;

/**
 * A name or attribute that does not exist: prints as nothing, counts as false and as empty, and is
 * a fault in every other use.
 *
 * @param what how a message calls it
 */
public record Undefined(String what) {
    public TemplateFault fault() {
        return new TemplateFault(what);
    }
}
