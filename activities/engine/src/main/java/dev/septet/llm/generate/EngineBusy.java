package dev.septet.llm.generate;

/** As many requests wait already as may; the same request may be taken a little later. */
public final class EngineBusy extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EngineBusy(int waiting) {
        super(waiting + " requests are waiting already; try again in a moment");
    }
}
