package dev.septet.activities.audit;

import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an audit log is kept.
 *
 * @param texts what of prompts, answers and corrections is written
 * @param redacted personal data that is taken out of texts
 * @param regions whose phone numbers are known in national form too
 * @param sync when bytes are forced to the device
 * @param segmentBytes a file that has reached this size is followed by a new one
 * @param segmentAge and so is one whose first line is this old
 * @param keep how long lines stay; null = for ever
 */
public record AuditSettings(
        Texts texts,
        Set<Kind> redacted,
        List<String> regions,
        Sync sync,
        long segmentBytes,
        Duration segmentAge,
        @Nullable Duration keep) {
    /** Texts without personal data, a file a day, lost with the power at most a second. */
    public static final AuditSettings DEFAULT = new AuditSettings(
            Texts.REDACTED,
            EnumSet.allOf(Kind.class),
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

    /** What of the texts is written. */
    public enum Texts {
        /** All of it, as it was. */
        WHOLE,
        /** All of it but personal data. */
        REDACTED,
        /** Nothing: lengths and counts only. */
        NONE
    }

    /** When bytes are forced to the device. Killing the process loses nothing in any case. */
    public enum Sync {
        /** Before {@code append} returns. */
        EVERY_LINE,
        /** Within a second. */
        EVERY_SECOND,
        /** When a file is finished. */
        EVERY_FILE
    }

    /** The same with other texts. */
    public AuditSettings with(Texts texts) {
        return new AuditSettings(texts, redacted, regions, sync, segmentBytes, segmentAge, keep);
    }

    /**
     * The same; phone numbers of these regions are known in national form too.
     *
     * @throws IllegalArgumentException naming the first that is no region
     */
    public AuditSettings knowing(List<String> regions) {
        return new AuditSettings(texts, redacted, regions, sync, segmentBytes, segmentAge, keep);
    }

    /** The same, kept for so long. */
    public AuditSettings keeping(@Nullable Duration keep) {
        return new AuditSettings(texts, redacted, regions, sync, segmentBytes, segmentAge, keep);
    }

    /** The same with files of at most this size and age. */
    public AuditSettings rotating(long bytes, Duration age) {
        return new AuditSettings(texts, redacted, regions, sync, bytes, age, keep);
    }

    /** The same, forced so often. */
    public AuditSettings with(Sync sync) {
        return new AuditSettings(texts, redacted, regions, sync, segmentBytes, segmentAge, keep);
    }
}
