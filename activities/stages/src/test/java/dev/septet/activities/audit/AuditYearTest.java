package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AuditSettings.Sync;
import dev.septet.activities.audit.chain.AuditVerifier;
import dev.septet.activities.store.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A year of answers, as many each day: with a retention time, the log stops growing when that time is over, and its chain stays
 * provable. The sizes of each week are in {@code target/year-audit.csv}; {@code examples/benchmarks/year.sh} draws them.
 */
@Tag("long")
class AuditYearTest {
    private static final int WEEKS = 52;
    private static final int ANSWERS_PER_DAY = 40;
    private static final Duration KEEP = Duration.ofDays(90);

    /** Whole weeks after which the oldest lines are older than the retention time, and those of the last file too. */
    private static final int FULL = 14;

    @TempDir
    private Path folder;

    private final Events.HandClock clock = new Events.HandClock();

    @Test
    void aLogWithARetentionTimeStaysBounded() throws IOException {
        Path kept = folder.resolve("kept");
        Path all = folder.resolve("all");
        List<Long> sizes = new ArrayList<>();
        StringBuilder csv = new StringBuilder("week,kept bytes,bytes without removal\n");
        try (AuditWriter retained = writer(kept, KEEP);
                AuditWriter unlimited = writer(all, null)) {
            int number = 0;
            for (int week = 1; week <= WEEKS; week++) {
                for (int day = 0; day < 7; day++) {
                    for (int answer = 0; answer < ANSWERS_PER_DAY; answer++) {
                        number++;
                        AnswerEvent event = answer(number);
                        retained.append(event);
                        unlimited.append(event);
                    }
                    clock.move(Duration.ofDays(1));
                    retained.rotateAndRetain();
                }
                sizes.add(bytes(kept));
                csv.append("%s,%s,%s\n".formatted(week, bytes(kept), bytes(all)));
            }
        }
        Files.writeString(Path.of("target", "year-audit.csv"), csv);

        long full = sizes.get(FULL - 1);
        assertThat(sizes.subList(FULL, WEEKS))
                .allSatisfy(size -> assertThat(size).isLessThan(full * 11 / 10));
        assertThat(bytes(all)).as("the same answers without a retention time").isGreaterThan(full * 3);
        assertThat(new AuditVerifier(kept).verify().whole()).isTrue();
        assertThat(new AuditVerifier(all).verify().whole()).isTrue();
    }

    /** An answer of the day that the clock shows. */
    private AnswerEvent answer(int number) {
        AnswerEvent event = Events.answer(number);
        return new AnswerEvent(event.id(), clock.instant(), event.servedBy(), event.question(), event.reply());
    }

    private AuditWriter writer(Path log, @Nullable Duration keep) throws IOException {
        AuditSettings standard = AuditSettings.DEFAULT;
        AuditSettings settings = new AuditSettings(
                standard.texts(),
                standard.redacted(),
                standard.regions(),
                Sync.EVERY_FILE, // a test loses nothing, and the disk has other work
                standard.segmentBytes(),
                standard.segmentAge(),
                keep);
        return AuditWriter.open(log, settings, clock, new Disk());
    }

    private static long bytes(Path log) throws IOException {
        try (Stream<Path> files = Files.walk(log)) {
            long sum = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }
}
