package dev.septet.workers.cli.ui;

import dev.septet.workers.cli.run.LiveActivity;
import dev.septet.workflows.Progress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an activity does now, in words. */
public final class Activities {
    private Activities() {}

    /** One line: its progress, its wait for a worker, its attempts. */
    public static String words(LiveActivity activity) {
        StringBuilder text = new StringBuilder();
        Progress progress = activity.progress();
        if (activity.waiting() && activity.attempt() <= 1) {
            text.append("waits for a worker");
            if (activity.queue() != null) {
                text.append(" on ").append(activity.queue());
            }
        } else if (progress != null) {
            text.append(progress.line());
        }
        if (activity.attempt() > 1) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append(String.format(Locale.ROOT, "attempt %d", activity.attempt()));
            if (activity.lastFailure() != null) {
                text.append(", because: ").append(activity.lastFailure());
            }
        }
        return text.isEmpty() ? "runs" : text.toString();
    }

    /** The part of the work that is done, from 0 to 1; null when it is not known. */
    public static @Nullable Double done(LiveActivity activity) {
        Progress progress = activity.progress();
        return progress == null || progress.total() <= 0
                ? null
                : Double.valueOf(Math.min(1, progress.done() / (double) progress.total()));
    }
}
