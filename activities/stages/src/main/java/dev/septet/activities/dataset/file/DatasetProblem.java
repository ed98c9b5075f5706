package dev.septet.activities.dataset.file;

import dev.septet.dsl.text.PublicText;

/** A dataset cannot be used at all. The message names the file and the next step. */
public final class DatasetProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Blame blame;
    private final transient PublicText message;

    public DatasetProblem(Blame blame, PublicText message) {
        super(message.toString());
        this.message = message;
        this.blame = blame;
    }

    /** The message, safe to show outside. */
    public PublicText reason() {
        return message;
    }

    /** Who has to act. */
    public Blame blame() {
        return blame;
    }

    /** The cause of the problem. */
    public enum Blame {
        /** The pipeline names a path that does not exist or is not a file. */
        PIPELINE,
        /** The file's content. */
        DATA
    }
}
