package dev.septet.llm.generate;

/** Hears answers while they are written. */
@FunctionalInterface
public interface TextListener {
    /** Hears nothing and wants everything. */
    TextListener SILENT = (prompt, piece) -> true;

    /**
     * The next piece of an answer; all pieces together are its text. Called once per token, with an
     * empty piece where the text is not certain yet.
     *
     * @param prompt index of the prompt that is answered
     * @return whether to go on with this answer
     */
    boolean onText(int prompt, String piece);
}
