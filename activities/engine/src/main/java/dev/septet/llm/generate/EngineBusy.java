package dev.septet.llm.generate;

/** The queue is full. The same request may be accepted later. */
public final class EngineBusy extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EngineBusy(int waiting) {
        super(waiting + " requests are waiting already; try again in a moment");
    }
}
