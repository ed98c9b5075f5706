package dev.septet.llm.generate;

/** Receives answers while they are generated. */
@FunctionalInterface
public interface TextListener {
    /** Ignores every piece and never cancels an answer. */
    TextListener SILENT = (prompt, piece) -> true;

    /**
     * Receives the next piece of an answer; all pieces together are its text. Called once per
     * token, with an empty piece while the text is not yet certain.
     *
     * @param prompt index of the answered prompt
     * @return whether to continue this answer
     */
    boolean onText(int prompt, String piece);
}
