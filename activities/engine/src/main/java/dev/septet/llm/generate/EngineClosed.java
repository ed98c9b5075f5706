package dev.septet.llm.generate;

import org.jspecify.annotations.Nullable;

/** The engine accepts no more requests. */
public final class EngineClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EngineClosed(@Nullable Throwable cause) {
        super(cause == null ? "the engine is closed" : "the engine stopped: " + cause.getMessage(), cause);
    }
}
