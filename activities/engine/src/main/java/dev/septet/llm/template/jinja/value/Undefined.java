package dev.septet.llm.template.jinja.value;

/**
 * A name or attribute that does not exist. It prints as nothing and counts as false and as empty.
 * Every other use is a fault. A strict one may only be tested with {@code is defined} or replaced by
 * {@code default}.
 *
 * @param what description in messages
 */
public record Undefined(String what, boolean strict) {
    public Undefined(String what) {
        this(what, false);
    }

    /**
     * Checks a use that only a lenient one allows.
     *
     * @throws TemplateFault when it is strict
     */
    static void use(Object value) {
        if (value instanceof Undefined undefined && undefined.strict) {
            throw undefined.fault();
        }
    }

    public TemplateFault fault() {
        return new TemplateFault(what);
    }
}
