package dev.septet.activities.dataset.document;

import dev.septet.dsl.text.PublicText;
import java.io.IOException;

/** A document without a usable text. The message has nothing of its content. */
public final class UnreadableDocument extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient PublicText reason;
    private final long line;

    UnreadableDocument(long line, PublicText reason) {
        super(reason.toString());
        this.reason = reason;
        this.line = line;
    }

    UnreadableDocument(PublicText reason) {
        this(1, reason);
    }

    /** The reason, safe to show outside. */
    public PublicText reason() {
        return reason;
    }

    /** Line of the problem, or page of a PDF, from 1. */
    public long line() {
        return line;
    }
}
