package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.Output;

/** A statement, which writes text or sets names. */
@FunctionalInterface
public interface Statement {
    /** The control flow after the statement. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Flow render(Frame frame, Output out);
}
