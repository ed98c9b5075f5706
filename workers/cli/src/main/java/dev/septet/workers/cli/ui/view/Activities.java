package dev.septet.workers.cli.ui.view;

import dev.septet.workers.cli.run.LiveActivity;
import dev.septet.workflows.Progress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an activity does now, in words. */
public final class Activities {
    private Activities() {}

    /** One line: its progress or its queue, and its attempts. */
    public static String words(LiveActivity activity) {
        StringBuilder text = new StringBuilder();
        Progress progress = activity.progress();
        if (waits(activity)) {
            text.append(activity.queue() == null ? "no worker has taken it" : "on " + activity.queue());
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

    /** Whether no worker has taken it yet. */
    public static boolean waits(LiveActivity activity) {
        return activity.waiting() && activity.attempt() <= 1;
    }

    /** The part of the work that is done, from 0 to 1; null when it is not known. */
    public static @Nullable Double done(LiveActivity activity) {
        Progress progress = activity.progress();
        return progress == null || progress.total() <= 0
                ? null
                : Double.valueOf(Math.min(1, progress.done() / (double) progress.total()));
    }
}
