package dev.septet.activities.audit;

import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import dev.septet.settings.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an audit log is written and kept.
 *
 * @param texts how much of prompts, answers and corrections is written
 * @param redacted kinds of personal data that are removed from texts
 * @param regions regions whose phone numbers are recognized in national format too
 * @param sync when bytes are forced to the device
 * @param segmentBytes size of a file, in bytes, after which a new file starts
 * @param segmentAge age of a file's first line after which a new file starts
 * @param keep how long lines are kept; null = for ever
 */
public record AuditSettings(
        Texts texts,
        Set<Kind> redacted,
        List<String> regions,
        Sync sync,
        long segmentBytes,
        Duration segmentAge,
        @Nullable Duration keep) {
    /** Texts without personal data, one file a day; a power failure loses at most one second. */
    public static final AuditSettings DEFAULT = new AuditSettings(
            Texts.REDACTED,
            RedactSpec.CONTACT_AND_ACCOUNT,
            List.of(),
            Sync.EVERY_SECOND,
            16L << 20,
            Duration.ofDays(1),
            null);

    public AuditSettings {
        redacted = Set.copyOf(redacted);
        regions = RedactSpec.checked(regions);
        if (segmentBytes < 1 || segmentAge.isNegative() || segmentAge.isZero()) {
            throw new IllegalArgumentException("a segment needs a size and an age above 0");
        }
        if (keep != null && (keep.isNegative() || keep.isZero())) {
            throw new IllegalArgumentException("the retention time of lines must be above 0");
        }
    }

    /** How much of the texts is written. */
    public enum Texts {
        /** The whole text. */
        WHOLE,
        /** The text without personal data. */
        REDACTED,
        /** No text, only lengths and counts. */
        NONE
    }

    /** When bytes are forced to the device. A killed process loses nothing in any case. */
    public enum Sync {
        /** Before {@code append} returns. */
        EVERY_LINE,
        /** Within a second. */
        EVERY_SECOND,
        /** When a file is finished. */
        EVERY_FILE
    }

    /** These settings with another level of texts. */
    public AuditSettings with(Texts texts) {
        return new AuditSettings(texts, redacted, regions, sync, segmentBytes, segmentAge, keep);
    }

    /**
     * These settings with regions whose phone numbers are recognized in national format too.
     *
     * @throws IllegalArgumentException naming the first unknown region
     */
    public AuditSettings withRegions(List<String> regions) {
        return new AuditSettings(texts, redacted, regions, sync, segmentBytes, segmentAge, keep);
    }

    /** The retention time of lines that the operator has set; null when lines are kept for ever. */
    public static @Nullable Duration retention(Map<String, String> environment) {
        String days = Setting.AUDIT_DAYS.text(environment);
        return days.isEmpty() ? null : Duration.ofDays(Long.parseLong(days));
    }

    /** These settings with another retention time. */
    public AuditSettings withRetention(@Nullable Duration keep) {
        return new AuditSettings(texts, redacted, regions, sync, segmentBytes, segmentAge, keep);
    }

    /** These settings with another maximum size and age of a file. */
    public AuditSettings rotating(long bytes, Duration age) {
        return new AuditSettings(texts, redacted, regions, sync, bytes, age, keep);
    }

    /** These settings with another sync mode. */
    public AuditSettings with(Sync sync) {
        return new AuditSettings(texts, redacted, regions, sync, segmentBytes, segmentAge, keep);
    }
}
