package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.audit.chain.AuditBreak;
import dev.septet.activities.audit.chain.AuditBreak.Damage;
import dev.septet.activities.audit.chain.AuditVerdict;
import dev.septet.activities.audit.chain.LineScan;
import dev.septet.activities.audit.chain.Segment;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.settings.Setting;
import dev.septet.workflows.monitor.AuditHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit log whose lines are encrypted: what it hides, and what it goes on to promise. */
class EncryptedLogTest {
    private static final String NAME = "support";

    /** The events' clock stands still, so that a file's age is that of the test. */
    private static final AuditSettings ONE_FILE = AuditSettings.DEFAULT.rotating(16L << 20, Duration.ofDays(10_000));

    @TempDir
    private Path state;

    @Test
    void hidesTextsAndKeepsTheChainOfThePlainLines() throws IOException {
        AuditLogs secret = logs("one");
        AuditLogs plain = new AuditLogs(state.resolve("plain"));
        write(secret, 1, 5);
        write(plain, 1, 5);

        for (Path file : files(secret)) {
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .as(file.toString())
                    .doesNotContain("question", "answer 1", "be kind");
        }
        assertThat(lines(secret))
                .hasSize(5)
                .allMatch(line -> line.matches("\\{\"encrypted\":\"[^\"]+\",\"key\":\"one\",.*"));
        assertThat(ids(secret, 0)).containsExactly("a1", "a2", "a3", "a4", "a5");
        AuditVerdict verdict = secret.verifier(NAME).verify();
        assertThat(verdict.whole()).isTrue();
        assertThat(verdict.digest()).isEqualTo(plain.verifier(NAME).verify().digest());
        AuditHead head = secret.head(NAME).orElseThrow();
        assertThat(head.sequence()).isEqualTo(5);
        write(secret, 6, 6);
        assertThat(secret.verifier(NAME).verify(null, List.of(head)).whole()).isTrue();
        assertThat(ids(secret, secret.reader(NAME).end())).isEmpty();
    }

    @Test
    void changesItsKeyInTheMiddle() throws IOException {
        write(new AuditLogs(state.resolve("audit")), 1, 2); // plain, from before the keys
        write(logs("one"), 3, 4);
        AuditLogs rotated = logs("one", "two");
        write(rotated, 5, 6);

        assertThat(Segment.in(rotated.folder(NAME))).hasSize(1);
        assertThat(lines(rotated).get(0)).startsWith("{\"event\":");
        assertThat(lines(rotated).get(3)).contains("\"key\":\"one\",\"sequence\":4}");
        assertThat(lines(rotated).get(4)).contains("\"key\":\"two\",\"sequence\":5}");
        assertThat(ids(rotated, 0)).containsExactly("a1", "a2", "a3", "a4", "a5", "a6");
        assertThat(rotated.verifier(NAME).verify().whole()).isTrue();
    }

    @Test
    void namesTheKeyThatIsMissing() throws IOException {
        write(logs("one"), 1, 2);
        AuditLogs none = new AuditLogs(state.resolve("audit"));
        AuditLogs two = logs("two");

        assertThatThrownBy(() -> none.reader(NAME).read(0, 9))
                .isInstanceOf(MissingKeyException.class)
                .hasMessage(none.folder(NAME)
                        + ": line 1: is encrypted with the key 'one', but this process has"
                        + " no keys. Set SEPTET_STORE_KEYS to the file with that key.");
        assertThatThrownBy(() -> two.verifier(NAME).verify())
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContaining("is encrypted with the key 'one', which is not in");
        assertThatThrownBy(() -> write(none, 3, 3)).isInstanceOf(MissingKeyException.class);
        assertThatThrownBy(() -> write(two, 3, 3)).isInstanceOf(MissingKeyException.class);
        write(logs("one"), 3, 3);
        assertThat(logs("one").verifier(NAME).verify().whole()).isTrue();
    }

    @Test
    void findsWhatWasChanged() throws IOException {
        AuditLogs logs = logs("one");
        write(logs, 1, 4);
        List<String> lines = lines(logs);

        replace(logs, lines, 1, lines.get(1).replaceFirst("\":\"....", "\":\"AAAA"));
        AuditBreak broken = Objects.requireNonNull(logs.verifier(NAME).verify().broken());
        assertThat(broken.damage()).isEqualTo(Damage.CHANGED);
        assertThat(broken.what()).isEqualTo("the line was changed: the key 'one' does not decrypt it");
        assertThat(ids(logs, 0)).containsExactly("a1", "a3", "a4");

        replace(logs, lines, 1, lines.get(2).replace("\"sequence\":3", "\"sequence\":2"));
        assertThat(Objects.requireNonNull(logs.verifier(NAME).verify().broken()).damage())
                .isEqualTo(Damage.CHANGED);
        replace(logs, lines, 1, lines.get(2));
        assertThat(Objects.requireNonNull(logs.verifier(NAME).verify().broken()).damage())
                .isEqualTo(Damage.DELETED);
        replace(logs, lines, 1, lines.get(1));
        assertThat(logs.verifier(NAME).verify().whole()).isTrue();
    }

    @Test
    void movesATornLineAwayAndGoesOn() throws IOException {
        AuditLogs logs = logs("one");
        write(logs, 1, 2);
        String half = lines(logs).get(1).substring(0, 100);
        Files.writeString(newest(logs), half, StandardOpenOption.APPEND);
        write(logs, 3, 3);

        assertThat(ids(logs, 0)).containsExactly("a1", "a2", "a3");
        assertThat(logs.verifier(NAME).verify().whole()).isTrue();
        assertThat(lines(logs)).hasSize(4);
        assertThat(files(logs)).anyMatch(file -> file.toString().contains("torn"));
    }

    @Test
    void bearsTheLongestLineAndRotation() throws IOException {
        AuditLogs logs = logs("one");
        String huge = "\u0000".repeat(1 << 20);
        try (AuditWriter writer = logs.writer(
                NAME, AuditSettings.DEFAULT.with(AuditSettings.Texts.WHOLE).rotating(1, Duration.ofDays(1)))) {
            writer.append(Events.answer("a1", Arm.CHAMPION, huge, huge));
            writer.append(Events.answer(2));
        }
        assertThat(ids(logs, 0)).containsExactly("a1", "a2");
        assertThat(Segment.in(logs.folder(NAME))).hasSize(2);
        assertThat(logs.verifier(NAME).verify().whole()).isTrue();
        assertThat(Files.size(Segment.in(logs.folder(NAME)).get(0).file()))
                .isBetween(1L << 20, (long) LineScan.MAX_LINE_BYTES);
    }

    private AuditLogs logs(String... names) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            String key = (name.equals("one") ? "A" : "B").repeat(42) + "A=";
            text.append(name).append(": ").append(key).append('\n');
        }
        text.append("current: ").append(names[names.length - 1]);
        Path file = state.resolve("keys.txt");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return new AuditLogs(
                state.resolve("audit"), AtRestEncryption.of(Map.of(Setting.STORE_KEYS.variable(), file.toString())));
    }

    private static void write(AuditLogs logs, int first, int last) throws IOException {
        try (AuditWriter writer = logs.writer(NAME, ONE_FILE)) {
            for (int number = first; number <= last; number++) {
                writer.append(Events.answer(number));
            }
        }
    }

    private static List<String> ids(AuditLogs logs, long cursor) throws IOException {
        return logs.reader(NAME).read(cursor, 100).records().stream()
                .map(AuditRecord::event)
                .filter(AnswerEvent.class::isInstance)
                .map(event -> ((AnswerEvent) event).id())
                .toList();
    }

    private static Path newest(AuditLogs logs) throws IOException {
        List<Segment> segments = Segment.in(logs.folder(NAME));
        return segments.get(segments.size() - 1).file();
    }

    private static List<String> lines(AuditLogs logs) throws IOException {
        return Files.readAllLines(newest(logs));
    }

    private static void replace(AuditLogs logs, List<String> lines, int at, String line) throws IOException {
        List<String> changed = new ArrayList<>(lines);
        changed.set(at, line);
        Files.write(newest(logs), changed);
    }

    private static List<Path> files(AuditLogs logs) throws IOException {
        try (Stream<Path> all = Files.walk(logs.folder(NAME))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
