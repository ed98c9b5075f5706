package dev.septet.workers.schedule;

/** The schedules cannot be changed as requested; the message says why. Nothing was changed. */
public final class ScheduleProblem extends RuntimeException {
    public ScheduleProblem(String message) {
        super(message);
    }
}
