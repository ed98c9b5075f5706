package dev.septet.llm.template.jinja;

/** What stands after a bar. */
@FunctionalInterface
interface Filter {
    Object apply(Object value, Arguments arguments, Frame frame);
}
