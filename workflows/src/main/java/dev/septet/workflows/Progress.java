package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

/**
 * How far an activity is: its heartbeat details, read by the command line and the Web UI. Numbers
 * only; no text of a row ever goes here.
 *
 * @param doing a verb phrase such as {@code training}
 * @param done units done, of {@code total}
 * @param unit what is counted: {@code steps}, {@code rows}
 * @param committedStep newest step in a committed checkpoint, null outside training
 * @param manifestSha256 digest of that checkpoint's manifest
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
        @Nullable String manifestSha256) {
    /** Progress that only counts. */
    public static Progress of(String doing, long done, long total, String unit) {
        return new Progress(doing, done, total, unit, null, null, null, null, null);
    }
}
