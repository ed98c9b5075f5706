package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.chain.AuditVerifier;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.EarlierVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Audit logs that earlier versions wrote: their events are read, their chain verifies, and this version continues it. The version
 * in the name of a folder wrote its log, which never changes afterwards. A release adds a folder: {@code -Dgolden.update=true}
 * writes that of the version in the root pom if it is missing.
 */
class EarlierLogTest {
    private static final int ANSWERS = 4;
    private static final int SEGMENT_BYTES = 1000;

    @TempDir
    private Path temp = Path.of("");

    @Test
    void isReadVerifiedAndContinued() throws IOException {
        write(EarlierVersions.recorded().resolve("audit"));
        for (Path version : EarlierVersions.all()) {
            Path log = EarlierVersions.copied(version.resolve("audit"), temp.resolve(version.getFileName()));
            assertThat(new AuditVerifier(log).verify().whole())
                    .as("%s", version)
                    .isTrue();
            assertThat(events(log)).as("%s", version).containsExactlyElementsOf(written());

            try (AuditWriter writer = open(log)) {
                writer.append(Events.answer(ANSWERS + 1));
            }
            assertThat(new AuditVerifier(log).verify().whole()).isTrue();
            assertThat(events(log))
                    .endsWith(Events.answer(ANSWERS + 1))
                    .hasSize(written().size() + 1);
        }
    }

    private static List<AuditEvent> events(Path log) throws IOException {
        return new AuditReader(log)
                .read(0, 100).records().stream().map(AuditRecord::event).toList();
    }

    private static List<AuditEvent> written() {
        Stream<AuditEvent> answers = IntStream.rangeClosed(1, ANSWERS).mapToObj(Events::answer);
        return Stream.concat(
                        answers,
                        Stream.of(
                                Events.feedback("a1", Thumb.DOWN, "größer 😀\nthan \"that\""),
                                Events.feedback("a2", Thumb.UP, null)))
                .toList();
    }

    private static AuditWriter open(Path log) throws IOException {
        return AuditWriter.open(
                log,
                AuditSettings.DEFAULT.rotating(SEGMENT_BYTES, Duration.ofDays(1)),
                new Events.HandClock(),
                new Disk());
    }

    private static void write(Path log) throws IOException {
        if (!Boolean.getBoolean("golden.update") || Files.exists(log)) {
            return;
        }
        try (AuditWriter writer = open(log)) {
            for (AuditEvent event : written()) {
                writer.append(event);
            }
        }
    }
}
