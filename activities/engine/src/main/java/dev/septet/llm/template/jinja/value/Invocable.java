package dev.septet.llm.template.jinja.value;

/** A value that a template can call. */
@FunctionalInterface
public interface Invocable {
    Object call(Arguments arguments, Frame frame);
}
