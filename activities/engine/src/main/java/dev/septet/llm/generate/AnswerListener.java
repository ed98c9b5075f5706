package dev.septet.llm.generate;

/** Hears one answer while it is written. */
@FunctionalInterface
public interface AnswerListener {
    /** Hears nothing and wants everything. */
    AnswerListener SILENT = piece -> true;

    /**
     * The next piece of the answer; all pieces together are its text. Called for every token, with
     * an empty piece where the text is not certain yet, and perhaps once more at the end. The model
     * waits for the return: hand the piece on and leave.
     *
     * @return whether to go on with this answer
     */
    boolean onText(String piece);
}
