package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.Output;

/** Something that writes text or sets names. */
@FunctionalInterface
public interface Statement {
    /** How it goes on afterwards. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Flow render(Frame frame, Output out);
}
