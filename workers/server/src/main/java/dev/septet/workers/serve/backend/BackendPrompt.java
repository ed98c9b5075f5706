package dev.septet.workers.serve.backend;

/** A prompt as its model reads it. */
public interface BackendPrompt {
    /** Number of its tokens; 0 where only the service that holds the model can count them. */
    int tokens();

    /**
     * Starts an answer, or queues it.
     *
     * @param options the answer's tokens have room in {@link ModelBackend#context}
     * @param listener receives the answer on a thread of the back end, which it must not block
     */
    AnswerTicket submit(AnswerOptions options, BackendListener listener);
}
