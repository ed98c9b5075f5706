package dev.septet.workers.serve.backend;

/** An answer that was asked for. */
@FunctionalInterface
public interface AnswerTicket {
    /** Nobody wants it any more: it ends as cancelled, soon. Harmless after its end. */
    void cancel();
}
