package dev.septet.workers.serve.http;

import dev.septet.workers.serve.openai.ApiProblem;

import java.util.concurrent.atomic.AtomicInteger;

/** Places for answers: those being written and those that wait. */
final class Admission {
    private final int places;
    private final AtomicInteger taken = new AtomicInteger();

    Admission(ServeLimits limits) {
        this.places = limits.running() + limits.queued();
    }

    /**
     * Takes places for a request's answers; each is given back by {@link #leave}.
     *
     * @throws ApiProblem 429 when there are not enough
     */
    void enter(int answers) {
        int before = taken.getAndUpdate(now -> now + answers > places ? now : now + answers);
        if (before + answers > places) {
            throw ApiProblem.busy(
                    "%d answers are being written or wait, and this server takes %d; try again soon"
                            .formatted(before, places));
        }
    }

    void leave() {
        taken.decrementAndGet();
    }

    /** Answers that are written or wait now. */
    int taken() {
        return taken.get();
    }
}
