package dev.septet.llm.template.jinja;

/** Something that writes text or sets names. */
@FunctionalInterface
interface Statement {
    /** How it goes on afterwards. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Flow render(Frame frame, Output out);
}
