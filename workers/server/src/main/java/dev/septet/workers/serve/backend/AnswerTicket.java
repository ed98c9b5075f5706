package dev.septet.workers.serve.backend;

/** A requested answer, which can be cancelled. */
@FunctionalInterface
public interface AnswerTicket {
    /** Cancels the answer, which ends soon after. Harmless after its end. */
    void cancel();
}
