package dev.septet.activities.dataset;

/** A dataset that cannot be used at all. The message names the file and the next step. */
public final class DatasetProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Blame blame;

    public DatasetProblem(Blame blame, String message) {
        super(message);
        this.blame = blame;
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
