package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.TrainingWarning;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The progress of an activity: its heartbeat details, read by the command line and the Web UI. It contains numbers
 * only, never text of a row.
 *
 * @param doing a verb phrase such as {@code training}
 * @param done units done, of {@code total}
 * @param unit what is counted: {@code steps}, {@code rows}
 * @param committedStep newest step in a committed checkpoint, null outside training
 * @param manifestSha256 digest of that checkpoint's manifest
 * @param tally the attempts so far, null when they are not counted
 * @param warnings the newest warnings about the training, at most {@link #MOST_WARNINGS}; null = none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Progress(
        String doing,
        long done,
        long total,
        String unit,
        @Nullable Double loss,
        @Nullable Double tokensPerSecond,
        @Nullable Double secondsLeft,
        @Nullable Integer committedStep,
        @Nullable String manifestSha256,
        @Nullable AttemptTally tally,
        @Nullable List<TrainingWarning> warnings) {
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;

    /** Largest number of warnings, because every heartbeat carries them. */
    public static final int MOST_WARNINGS = 5;

    public Progress {
        warnings = warnings == null ? null : List.copyOf(warnings);
    }

    /** Progress without a tally of attempts. */
    public Progress(
            String doing,
            long done,
            long total,
            String unit,
            @Nullable Double loss,
            @Nullable Double tokensPerSecond,
            @Nullable Double secondsLeft,
            @Nullable Integer committedStep,
            @Nullable String manifestSha256) {
        this(doing, done, total, unit, loss, tokensPerSecond, secondsLeft, committedStep, manifestSha256, null, null);
    }

    /** The same progress with the attempts so far. */
    public Progress with(@Nullable AttemptTally tally) {
        return new Progress(
                doing,
                done,
                total,
                unit,
                loss,
                tokensPerSecond,
                secondsLeft,
                committedStep,
                manifestSha256,
                tally,
                warnings);
    }

    /** The same progress with the newest of these warnings. */
    public Progress with(List<TrainingWarning> all) {
        return all.isEmpty()
                ? this
                : new Progress(
                        doing,
                        done,
                        total,
                        unit,
                        loss,
                        tokensPerSecond,
                        secondsLeft,
                        committedStep,
                        manifestSha256,
                        tally,
                        all.subList(Math.max(0, all.size() - MOST_WARNINGS), all.size()));
    }

    /** The progress on one line, the same in every locale: {@code training, 120 of 500 steps, loss 0.4123}. */
    public String line() {
        StringBuilder text = new StringBuilder(doing);
        if (total > 0) {
            text.append(String.format(Locale.ROOT, ", %,d of %,d %s", done, total, unit));
        } else if (done > 0) {
            text.append(String.format(Locale.ROOT, ", %,d %s", done, unit));
        }
        if (loss != null) {
            text.append(String.format(Locale.ROOT, ", loss %.4f", loss));
        }
        if (tokensPerSecond != null) {
            text.append(String.format(Locale.ROOT, ", %,d tokens/s", Math.round(tokensPerSecond)));
        }
        if (secondsLeft != null) {
            text.append(", ").append(time(secondsLeft)).append(" left");
        }
        if (warnings != null) {
            text.append("; ").append(TrainingWarning.headlines(warnings));
        }
        return text.toString();
    }

    /** A time as text: {@code 42s}, {@code 3m05s}, {@code 2h10m}. */
    public static String time(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        if (whole < MINUTE) {
            return whole + "s";
        }
        return whole < HOUR
                ? String.format(Locale.ROOT, "%dm%02ds", whole / MINUTE, whole % MINUTE)
                : String.format(Locale.ROOT, "%dh%02dm", whole / HOUR, whole % HOUR / MINUTE);
    }

    /** Progress with a count only. */
    public static Progress of(String doing, long done, long total, String unit) {
        return new Progress(doing, done, total, unit, null, null, null, null, null);
    }
}
