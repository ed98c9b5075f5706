package dev.septet.activities.evaluate.votes;

import java.io.IOException;

/** A votes file cannot be used. The message names the line, without its content, and what to do. */
public final class VoteProblem extends IOException {
    private static final long serialVersionUID = 1L;

    VoteProblem(String message) {
        super(message);
    }
}
