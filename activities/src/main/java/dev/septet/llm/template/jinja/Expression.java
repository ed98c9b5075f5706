package dev.septet.llm.template.jinja;

/** Something with a value. */
@FunctionalInterface
interface Expression {
    /** Its value in a frame. Evaluate parts by {@link Frame#evaluate}, which counts them. */
    Object in(Frame frame);
}
