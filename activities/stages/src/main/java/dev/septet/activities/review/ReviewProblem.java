package dev.septet.activities.review;

import java.io.IOException;

/** A review that cannot go on, and what to do, in plain words. */
public final class ReviewProblem extends IOException {
    private static final long serialVersionUID = 1L;

    ReviewProblem(String message) {
        super(message);
    }
}
