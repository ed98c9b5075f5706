package dev.septet.workflows.retrain;

import dev.septet.dsl.pipeline.train.BudgetSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When runs of a pipeline began, whatever started them, oldest first. It decides whether another run may start.
 *
 * @param reviewed reviewed rows that the newest run could learn from
 */
public record RetrainHistory(List<Start> all, long reviewed) {
    /** The history before the first run. */
    public static final RetrainHistory NONE = new RetrainHistory(List.of(), 0);

    /** How far the clocks of a server's machines may differ. */
    private static final long SKEW_MILLIS = 300_000;

    /** No budget allows more starts in any period that matters. */
    private static final int MAX = 200;

    public RetrainHistory {
        all = all == null ? List.of() : List.copyOf(all); // lenient reader
    }

    /** Adds a start; one that is already known counts once. */
    public RetrainHistory plus(Start start) {
        if (all.stream().anyMatch(known -> known.runId().equals(start.runId()))) {
            return this;
        }
        List<Start> more = new ArrayList<>(all);
        more.add(start);
        more.sort(Comparator.comparingLong(Start::millis));
        return new RetrainHistory(more.subList(Math.max(0, more.size() - MAX), more.size()), reviewed);
    }

    /** The same history, where the newest run learns from this number of reviewed rows. */
    public RetrainHistory learning(long reviewed) {
        return new RetrainHistory(all, Math.max(this.reviewed, reviewed));
    }

    /**
     * Whether a start is in the future: the server's clock was ahead then, and was set back since.
     *
     * @param now workflow time
     */
    public boolean isAhead(long now) {
        return all.stream().anyMatch(start -> start.millis() > now + SKEW_MILLIS);
    }

    /**
     * The history without starts in the future. They would hold back the next run until the clock reaches them, which may be
     * years away.
     */
    public RetrainHistory upTo(long now) {
        return new RetrainHistory(
                all.stream()
                        .filter(start -> start.millis() <= now + SKEW_MILLIS)
                        .toList(),
                reviewed);
    }

    /**
     * Why no run may start now; empty when one may.
     *
     * @param cooldown shortest time since the newest start
     * @param budget the largest number of starts in a period; null = no limit
     */
    public String objection(long now, Duration cooldown, @Nullable BudgetSpec budget) {
        if (all.isEmpty()) {
            return "";
        }
        long since = now - all.get(all.size() - 1).millis();
        if (since < cooldown.toMillis()) {
            return "the last run began %s ago, the cool-down is %s"
                    .formatted(shown(Duration.ofMillis(since)), shown(cooldown));
        }
        if (budget == null) {
            return "";
        }
        long began = all.stream()
                .filter(start -> now - start.millis() < budget.per().toMillis())
                .count();
        return began < budget.count()
                ? ""
                : String.format(
                        Locale.ROOT, "%d runs began within %s, which is the budget", began, shown(budget.per()));
    }

    /** A time as text, such as {@code 3 d}, {@code 5 h}, {@code 40 s}. */
    private static String shown(Duration time) {
        if (time.toDays() > 0) {
            return time.toDays() + " d";
        }
        if (time.toHours() > 0) {
            return time.toHours() + " h";
        }
        return time.toMinutes() > 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
