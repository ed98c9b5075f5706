package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.chain.Segment;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.store.StoreKeys;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The retention of logs that no process writes. */
class UnservedLogTest {
    private static final Duration KEEP = Duration.ofDays(90);
    private static final String RETIRED = "retired";

    @TempDir
    private Path state;

    private final Events.HandClock clock = new Events.HandClock();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLinesOfAModelThatIsNotServedAnyMoreLeaveAndTheChainIsProvable(boolean encrypted) throws IOException {
        AuditLogs logs = encrypted ? encrypted() : new AuditLogs(state.resolve("audit"));
        write(logs, RETIRED, 1, 2);
        write(logs, RETIRED, 3, 4);
        Files.createDirectories(logs.root().resolve("empty"));

        clock.move(Duration.ofDays(89));
        assertThat(logs.expired(KEEP, clock.instant())).isEmpty();
        assertThat(logs.retain(KEEP, clock).shortened()).isEmpty();
        assertThat(ids(logs)).containsExactly("a1", "a2", "a3", "a4");

        clock.move(Duration.ofDays(2));
        assertThat(logs.expired(KEEP, clock.instant())).containsExactly(RETIRED);
        AuditLogs.RetainedLogs done = logs.retain(KEEP, clock);

        assertThat(done.failed()).isEmpty();
        assertThat(done.shortened()).containsExactly(RETIRED);
        assertThat(ids(logs)).isEmpty();
        assertThat(Segment.in(logs.folder(RETIRED)))
                .singleElement()
                .satisfies(left -> assertThat(Files.readString(left.file(), StandardCharsets.ISO_8859_1))
                        .doesNotContain("question"));
        assertThat(logs.verifier(RETIRED).verify().whole()).isTrue();
        assertThat(logs.retain(KEEP, clock).shortened()).as("a second time").isEmpty();

        write(logs, RETIRED, 5, 5); // it is served again
        assertThat(ids(logs)).containsExactly("a5");
        assertThat(logs.verifier(RETIRED).verify().whole()).isTrue();
    }

    @Test
    void aLogThatAProcessWritesIsLeftToThatProcess() throws IOException {
        AuditLogs logs = new AuditLogs(state.resolve("audit"));
        try (AuditWriter writer = logs.writer(RETIRED, AuditSettings.DEFAULT)) {
            writer.append(Events.answer(1));
            clock.move(Duration.ofDays(100));

            AuditLogs.RetainedLogs done = logs.retain(KEEP, clock);

            assertThat(done.shortened()).isEmpty();
            assertThat(done.failed()).isEmpty();
            writer.append(Events.answer(2));
        }
        assertThat(ids(logs)).containsExactly("a1", "a2");
        assertThat(logs.verifier(RETIRED).verify().whole()).isTrue();
    }

    private AuditLogs encrypted() throws IOException {
        var unused = StoreKeys.of(state, null, "one");
        String file = state.resolve("keys-one.txt").toString();
        return new AuditLogs(state.resolve("audit"), AtRestEncryption.of(Map.of(Setting.STORE_KEYS.variable(), file)));
    }

    private static void write(AuditLogs logs, String pipeline, int from, int to) throws IOException {
        try (AuditWriter writer = logs.writer(pipeline, AuditSettings.DEFAULT)) {
            for (int number = from; number <= to; number++) {
                writer.append(Events.answer(number));
            }
        }
    }

    private static List<String> ids(AuditLogs logs) throws IOException {
        return logs.reader(RETIRED).read(0, 100).records().stream()
                .map(AuditRecord::event)
                .filter(AnswerEvent.class::isInstance)
                .map(event -> ((AnswerEvent) event).id())
                .toList();
    }
}
