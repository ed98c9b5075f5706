package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.audit.chain.AuditBreak;
import dev.septet.activities.audit.chain.AuditBreak.Damage;
import dev.septet.activities.audit.chain.AuditException;
import dev.septet.activities.audit.chain.AuditVerdict;
import dev.septet.activities.audit.chain.AuditVerifier;
import dev.septet.activities.audit.chain.ChainedLine;
import dev.septet.activities.audit.chain.LogErasureOrder;
import dev.septet.activities.audit.chain.Segment;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.store.Disk;
import dev.septet.settings.Setting;
import dev.septet.workflows.monitor.AuditHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of an audit log whose content is erased, and what the chain still proves. */
class ErasureTest {
    private static final String NAME = "support";
    private static final AuditSettings SMALL_FILES = AuditSettings.DEFAULT.rotating(2000, Duration.ofDays(10_000));

    @TempDir
    private Path state = Path.of("");

    private AuditLogs logs() {
        return new AuditLogs(state.resolve("audit"));
    }

    private Path folder() {
        return logs().folder(NAME);
    }

    private static void write(AuditLogs logs, int first, int last) throws IOException {
        try (AuditWriter writer = logs.writer(NAME, SMALL_FILES)) {
            for (int number = first; number <= last; number++) {
                writer.append(Events.answer(number));
            }
        }
    }

    private static List<AuditRecord> records(AuditLogs logs) throws IOException {
        AuditPage page = logs.reader(NAME).read(0, 1000);
        assertThat(page.rejected()).isZero();
        return page.records();
    }

    private static LogErasureOrder order(AuditLogs logs, Integer... answers) throws IOException {
        Set<String> ids = Stream.of(answers).map(number -> "a" + number).collect(Collectors.toSet());
        return new LogErasureOrder(
                "request 7",
                records(logs).stream()
                        .filter(record -> record.event() instanceof AnswerEvent answer && ids.contains(answer.id()))
                        .map(AuditRecord::digest)
                        .collect(Collectors.toSet()));
    }

    private static List<String> texts(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<String> texts = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.add(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
            return texts;
        }
    }

    @Test
    void contentIsGoneAndTheChainStillProvesTheOtherLines() throws IOException {
        write(logs(), 1, 9);
        List<AuditRecord> before = records(logs());
        AuditHead noted = logs().head(NAME).orElseThrow();
        String digest = logs().verifier(NAME).verify().digest();
        long end = logs().reader(NAME).end();

        assertThat(logs().erase(folder(), order(logs(), 2, 9))).isTrue();

        assertThat(texts(folder())).noneMatch(text -> text.contains("question 2") || text.contains("answer 9"));
        assertThat(texts(folder())).anyMatch(text -> text.contains("question 3"));
        assertThat(LogErasureOrder.file(folder())).doesNotExist();
        List<AuditRecord> after = records(logs());
        assertThat(after).hasSize(10);
        for (AuditRecord record : before) {
            AuditRecord same = after.get((int) record.sequence() - 1);
            assertThat(same.digest()).isEqualTo(record.digest());
            assertThat(same.offset()).as("a cursor stays valid").isEqualTo(record.offset());
            assertThat(same.event())
                    .isEqualTo(
                            Set.of(2L, 9L).contains(record.sequence())
                                    ? new ErasedEvent(Events.NOON, "answer")
                                    : record.event());
        }
        assertThat(after.get(9).event()).isInstanceOfSatisfying(ErasureEvent.class, erasure -> {
            assertThat(erasure.reason()).isEqualTo("request 7");
            assertThat(erasure.lines())
                    .containsExactly(
                            new ErasureEvent.Line(
                                    2,
                                    before.get(1).digest(),
                                    before.get(0).digest(),
                                    new ErasedEvent(Events.NOON, "answer")),
                            new ErasureEvent.Line(
                                    9,
                                    before.get(8).digest(),
                                    before.get(7).digest(),
                                    new ErasedEvent(Events.NOON, "answer")));
        });
        assertThat(logs().reader(NAME).read(end, 10).records()).hasSize(1);

        AuditVerdict verdict = logs().verifier(NAME).verify(digest, List.of(noted));
        assertThat(verdict.whole()).as(verdict.toString()).isTrue();
        assertThat(verdict.erased()).isEqualTo(2);
        assertThat(verdict.lines()).isEqualTo(10);

        write(logs(), 10, 12);
        assertThat(logs().verifier(NAME).verify(digest, List.of(noted)).whole()).isTrue();
    }

    @Test
    void anOrderGivenAgainRecordsNothing() throws IOException {
        write(logs(), 1, 3);
        LogErasureOrder order = order(logs(), 1);
        assertThat(logs().erase(folder(), order)).isTrue();
        assertThat(logs().erase(folder(), order)).isTrue();
        assertThat(records(logs())).hasSize(4);
    }

    @Test
    void theProcessThatWritesTheLogErases() throws Exception {
        write(logs(), 1, 5);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger(5);
        try (AuditWriter server = logs().writer(NAME, SMALL_FILES)) {
            Thread requests = new Thread(() -> {
                while (!done.get()) {
                    try {
                        server.append(Events.answer(written.incrementAndGet()));
                        Thread.sleep(5);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            requests.start();
            LogErasureOrder order = order(logs(), 1, 4);
            assertThat(logs().erase(folder(), order)).isFalse();
            while (Files.exists(LogErasureOrder.file(folder()))) {
                assertThat(logs().verifier(NAME).verify().whole()).isTrue();
            }
            done.set(true);
            requests.join();
        }
        AuditVerdict verdict = logs().verifier(NAME).verify();
        assertThat(verdict.whole()).as(verdict.toString()).isTrue();
        assertThat(verdict.erased()).isEqualTo(2);
        assertThat(records(logs())).hasSize(written.get() + 1);
        assertThat(texts(folder())).noneMatch(text -> text.contains("\"question 4\""));
    }

    /** Each disk operation is the last one of a process once; the next process does what is left. */
    @Test
    void aKilledErasureIsDoneByTheNextWriter() throws IOException {
        int operations = 0;
        for (boolean killed = true; killed; operations++) {
            AuditLogs logs = new AuditLogs(state.resolve("kill" + operations));
            Path folder = logs.folder(NAME);
            write(logs, 1, 9);
            assertThat(order(logs, 2, 8).give(folder)).isTrue();
            int last = operations;
            AtomicInteger count = new AtomicInteger();
            Disk disk = new Disk((action, path) -> {
                if (count.getAndIncrement() >= last) {
                    throw new IOException("killed");
                }
            });
            try (AuditWriter writer = AuditWriter.open(folder, SMALL_FILES, new Events.HandClock(), disk)) {
                writer.append(Events.answer(10));
            } catch (IOException dead) {
                assertThat(dead).hasMessageContaining("killed");
            }
            killed = count.get() > last;
            assertThat(logs.verifier(folder).verify().whole())
                    .as("after operation %d", operations)
                    .isTrue();
            write(logs, 11, 11);
            AuditVerdict verdict = logs.verifier(folder).verify();
            assertThat(verdict.whole()).as("%d: %s", operations, verdict).isTrue();
            assertThat(verdict.erased()).as("after operation %d", operations).isEqualTo(2);
            assertThat(LogErasureOrder.file(folder)).doesNotExist();
            assertThat(texts(folder)).noneMatch(text -> text.contains("\"question 2\""));
        }
        assertThat(operations).isGreaterThan(8);
    }

    @Test
    void contentThatNobodyRecordedAsErasedIsFound() throws IOException {
        write(logs(), 1, 9);
        Path copy = state.resolve("copy");
        copy(folder(), copy);
        logs().erase(folder(), order(logs(), 2));
        Path older = Segment.in(folder()).get(0).file();
        // The erased line in a log without the record of the erasure.
        Files.copy(older, copy.resolve(older.getFileName()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        AuditBreak broken =
                Objects.requireNonNull(new AuditVerifier(copy).verify().broken());
        assertThat(broken.damage()).isEqualTo(Damage.CHANGED);
        assertThat(broken.line()).isEqualTo(2);
        assertThat(broken.what()).isEqualTo("line 2 has no content, and no later line records that it was erased");

        // Another line that was made to look erased, after a true erasure.
        String text = Files.readString(older);
        String third = text.lines().toList().get(2);
        String stub = text.lines().toList().get(1).strip();
        String forged = stub.replaceFirst("\"previous\":\"[0-9a-f]{64}", "\"previous\":\"" + field(third, "previous"))
                .replaceFirst("\"sequence\":2", "\"sequence\":3")
                .replaceFirst("\"sha256\":\"[0-9a-f]{64}", "\"sha256\":\"" + field(third, "sha256"));
        Files.writeString(older, text.replace(third, forged + " ".repeat(third.length() - forged.length())));
        broken = Objects.requireNonNull(logs().verifier(NAME).verify().broken());
        assertThat(broken.what()).startsWith("line 3 has no content");

        Files.writeString(older, text.replace(field(stub, "sha256"), "0".repeat(64)));
        assertThat(logs().verifier(NAME).verify().whole()).isFalse();
        for (String[] change : new String[][] {
            {"\"erased\":\"answer\"", "\"erased\":\"nothing\""},
            {"\"erased\":\"answer\"", "\"erased\":\"feedback\""},
            {"\"time\":\"2026-03-01T", "\"time\":\"2020-03-01T"}
        }) {
            String erased = stub.replace(change[0], change[1]);
            assertThat(erased).isNotEqualTo(stub);
            Files.writeString(older, text.replace(stub, erased));
            assertThat(logs().verifier(NAME).verify().whole()).as(erased).isFalse();
        }
        Files.writeString(older, text);
        assertThat(logs().verifier(NAME).verify().whole()).isTrue();
    }

    @Test
    void linesOfAnEncryptedLogAreErased() throws IOException {
        Path keys = state.resolve("keys.txt");
        Files.writeString(keys, "one: " + "A".repeat(43) + "=\ncurrent: one");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        AuditLogs secret = new AuditLogs(
                state.resolve("audit"), AtRestEncryption.of(Map.of(Setting.STORE_KEYS.variable(), keys.toString())));
        write(secret, 1, 4);
        String line = Files.readAllLines(Segment.in(folder()).get(0).file()).get(1);

        assertThat(secret.erase(folder(), order(secret, 2))).isTrue();

        assertThat(texts(folder())).noneMatch(text -> text.contains(line));
        AuditVerdict verdict = secret.verifier(NAME).verify();
        assertThat(verdict.whole()).as(verdict.toString()).isTrue();
        assertThat(verdict.erased()).isEqualTo(1);
        assertThat(secret.atRest(1 << 20).plain()).as("nothing to encrypt").isZero();
    }

    /** Someone who may write the folder rewrites what came before an erased line, and lets that line name the new one. */
    @Test
    void whatCameBeforeAnErasedLineCannotBeReplaced() throws IOException {
        write(logs(), 1, 9);
        logs().erase(folder(), order(logs(), 2));
        Path older = Segment.in(folder()).get(0).file();
        List<String> lines = Files.readAllLines(older);
        String forged = new String(
                        ChainedLine.bytes(
                                1,
                                ChainedLine.NONE_BEFORE,
                                Events.answer("a1", Arm.CHAMPION, "question 1", "answer X")),
                        StandardCharsets.UTF_8)
                .strip();
        assertThat(forged).hasSameSizeAs(lines.get(0));
        String stub = lines.get(1).replace(field(lines.get(0), "sha256"), field(forged, "sha256"));
        Files.writeString(
                older, Files.readString(older).replace(lines.get(0), forged).replace(lines.get(1), stub));
        AuditBreak broken =
                Objects.requireNonNull(logs().verifier(NAME).verify().broken());
        assertThat(broken.what()).startsWith("line 2 has no content");
    }

    /** Someone who may write the folder makes an erased line look old, so that retention deletes others with it. */
    @Test
    void theTimeOfAnErasedLineMakesNoFileOld() throws IOException {
        AuditSettings settings = SMALL_FILES.withRetention(Duration.ofDays(30));
        Events.HandClock clock = new Events.HandClock();
        try (AuditWriter writer = AuditWriter.open(folder(), settings, clock, new Disk())) {
            for (int number = 1; number <= 9; number++) {
                writer.append(Events.answer(number));
            }
        }
        Path older = Segment.in(folder()).get(0).file();
        int last = Files.readAllLines(older).size();
        logs().erase(folder(), order(logs(), last));
        Files.writeString(
                older,
                Files.readString(older)
                        .replace("\"time\":\"2026-03-01T12:00:00Z\"}", "\"time\":\"2019-03-01T12:00:00Z\"}"));
        try (AuditWriter writer = AuditWriter.open(folder(), settings, clock, new Disk())) {
            writer.rotateAndRetain();
        }
        assertThat(older).exists();
        assertThat(logs().verifier(NAME).verify().whole()).isFalse();
    }

    @Test
    void anErasureThatFailsAgainAndAgainIsRecordedOnce() throws IOException {
        write(logs(), 1, 9);
        assertThat(order(logs(), 2).give(folder())).isTrue();
        Disk full = new Disk((action, path) -> {
            if (path.toString().endsWith(".jsonl.new")) {
                throw new IOException("No space left on device");
            }
        });
        int files = Segment.in(folder()).size();
        for (int opened = 0; opened < 4; opened++) {
            AuditWriter.open(folder(), SMALL_FILES, new Events.HandClock(), full)
                    .close();
        }
        assertThat(Segment.in(folder())).hasSize(files + 1);
        assertThat(records(logs()).stream().filter(line -> line.event() instanceof ErasureEvent))
                .hasSize(1);
        assertThat(logs().erase(folder(), order(logs(), 4))).as("both orders").isTrue();
        assertThat(logs().verifier(NAME).verify().erased()).isEqualTo(2);
    }

    @Test
    void aWriterThatEndsDuringAnErasureLeavesTheOrder() throws Exception {
        write(logs(), 1, 20);
        assertThat(Segment.in(folder())).hasSizeGreaterThan(3);
        Thread test = Thread.currentThread();
        CountDownLatch replacing = new CountDownLatch(1);
        CountDownLatch ending = new CountDownLatch(1);
        Disk slow = new Disk((action, path) -> {
            if (path.toString().endsWith(".jsonl.new") && action.equals("write")) {
                replacing.countDown();
                try {
                    ending.await(2, TimeUnit.MINUTES);
                    while (test.getState() != Thread.State.TIMED_WAITING) {
                        Thread.sleep(1); // until close() waits for this file
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        AuditWriter writer = AuditWriter.open(folder(), SMALL_FILES, new Events.HandClock(), slow);
        assertThat(order(logs(), 1, 8, 15).give(folder())).isTrue();
        assertThat(replacing.await(2, TimeUnit.MINUTES)).isTrue();
        ending.countDown();
        writer.close();

        assertThat(logs().verifier(NAME).verify().erased()).isEqualTo(1);
        assertThat(LogErasureOrder.file(folder())).exists();
        write(logs(), 21, 21);
        assertThat(logs().verifier(NAME).verify().erased()).isEqualTo(3);
    }

    @Test
    void aCopyThatAKilledErasureLeftIsRemoved() throws IOException {
        write(logs(), 1, 3);
        Path copy = Files.writeString(folder().resolve("audit-000000000000000.jsonl.new"), "question 1");
        write(logs(), 4, 4);
        assertThat(copy).doesNotExist();
        assertThat(logs().verifier(NAME).verify().whole()).isTrue();
    }

    @Test
    void retentionKnowsTheAgeOfErasedLines() throws IOException {
        Events.HandClock clock = new Events.HandClock();
        AuditSettings settings = SMALL_FILES.rotating(1, Duration.ofDays(1)).withRetention(Duration.ofDays(30));
        try (AuditWriter writer = AuditWriter.open(folder(), settings, clock, new Disk())) {
            for (int number = 1; number <= 3; number++) {
                writer.append(Events.answer(number));
            }
        }
        logs().erase(folder(), order(logs(), 1, 3));
        clock.move(Duration.ofDays(31));
        try (AuditWriter writer = AuditWriter.open(folder(), settings, clock, new Disk())) {
            clock.move(Duration.ofDays(1)); // a silent log waits for a day
            writer.append(Events.answer(4));
            writer.append(Events.answer(5));
        }
        AuditVerdict verdict = logs().verifier(NAME).verify();
        assertThat(verdict.whole()).as(verdict.toString()).isTrue();
        assertThat(verdict.first())
                .as("line 3 has no content; it goes with the next file")
                .isEqualTo(3);
        assertThat(texts(folder())).noneMatch(text -> text.contains("question 2"));
    }

    @Test
    void aDamagedOrderStopsNoServer() throws IOException {
        write(logs(), 1, 2);
        Files.writeString(LogErasureOrder.file(folder()), "{\"digests\": [");
        write(logs(), 3, 3);
        assertThat(records(logs())).hasSize(3);
        assertThatThrownBy(() -> LogErasureOrder.in(folder()))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("is no order of `septet audit erase`; remove the file");
    }

    private static String field(String line, String name) {
        return line.replaceFirst(".*\"" + name + "\":\"([0-9a-f]{64})\".*", "$1");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
