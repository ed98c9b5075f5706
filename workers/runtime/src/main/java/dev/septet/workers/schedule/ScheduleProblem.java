package dev.septet.workers.schedule;

/** Why schedules cannot be as wished, in a sentence; nothing was changed. */
public final class ScheduleProblem extends RuntimeException {
    public ScheduleProblem(String message) {
        super(message);
    }
}
