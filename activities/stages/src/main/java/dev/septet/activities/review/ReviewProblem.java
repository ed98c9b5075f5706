package dev.septet.activities.review;

import java.io.IOException;

/** A review cannot continue. The message says in plain words what to do. */
public final class ReviewProblem extends IOException {
    private static final long serialVersionUID = 1L;

    ReviewProblem(String message) {
        super(message);
    }
}
