package dev.septet.workers.gpu;

/** Why cards cannot be used; the message is for users. */
public final class GpuProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String next;

    GpuProblem(String found, String next) {
        super(found);
        this.next = next;
    }

    /** What was found, as a sentence. */
    public String found() {
        return String.valueOf(getMessage());
    }

    /** What the user can do. */
    public String next() {
        return next;
    }
}
