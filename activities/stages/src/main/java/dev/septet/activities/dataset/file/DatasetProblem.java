package dev.septet.activities.dataset.file;

import dev.septet.dsl.text.PublicText;

/** A dataset that cannot be used at all. The message names the file and the next step. */
public final class DatasetProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Blame blame;
    private final transient PublicText message;

    public DatasetProblem(Blame blame, PublicText message) {
        super(message.toString());
        this.message = message;
        this.blame = blame;
    }

    /** The message, as it may leave. */
    public PublicText reason() {
        return message;
    }

    /** Who has to act. */
    public Blame blame() {
        return blame;
    }

    /** What is at fault. */
    public enum Blame {
        /** The pipeline names a file that is not there or is no file. */
        PIPELINE,
        /** The file's content. */
        DATA
    }
}
