package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.audit.AuditSettings.Sync;
import dev.septet.activities.audit.AuditSettings.Texts;
import dev.septet.activities.audit.chain.AuditException;
import dev.septet.activities.audit.chain.AuditVerdict;
import dev.septet.activities.audit.chain.AuditVerifier;
import dev.septet.activities.audit.chain.LineScan;
import dev.septet.activities.audit.chain.Segment;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.time.SteadyClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditWriterTest {
    @TempDir
    Path folder;

    private final Events.HandClock clock = new Events.HandClock();

    @Test
    void writesWhatIsReadAgain() throws IOException {
        AnswerEvent answer = Events.answer(1);
        FeedbackEvent feedback = Events.feedback("a1", Thumb.DOWN, "größer 😀\nthan \"that\"");
        AnswerEvent failed = new AnswerEvent(
                "a2",
                Events.NOON,
                new ServedBy("support", "m", "v2", Arm.CHALLENGER),
                AuditedQuestion.of("bare"),
                Reply.failed("out of memory", 3, 9));
        try (AuditWriter writer = open(AuditSettings.DEFAULT)) {
            writer.append(answer);
            writer.append(feedback);
            String digest = writer.append(failed);
            AuditPage page = new AuditReader(folder).read(0, 10);
            assertThat(page.records()).extracting(AuditRecord::event).containsExactly(answer, feedback, failed);
            assertThat(page.records()).extracting(AuditRecord::sequence).containsExactly(1L, 2L, 3L);
            assertThat(page.records().get(2).digest()).isEqualTo(digest);
            assertThat(page.rejected()).isZero();
            assertThat(page.next()).isEqualTo(new AuditReader(folder).end());
        }
        assertThat(verdict().whole()).isTrue();
        assertThat(verdict().lines()).isEqualTo(3);
    }

    @Test
    void goesOnWithTheChainWhenOpenedAgain() throws IOException {
        append(AuditSettings.DEFAULT, 1, 3);
        append(AuditSettings.DEFAULT, 4, 5);
        assertThat(verdict().whole()).isTrue();
        assertThat(verdict().last()).isEqualTo(5);
    }

    @Test
    void rotatesBySizeAndByTimeAndKeepsCursorsRight() throws IOException {
        AuditSettings settings = AuditSettings.DEFAULT.rotating(600, Duration.ofHours(1));
        append(settings, 1, 4);
        long cursor = new AuditReader(folder).end();
        try (AuditWriter writer = open(AuditSettings.DEFAULT.rotating(1 << 20, Duration.ofHours(1)))) {
            clock.move(Duration.ofHours(2));
            writer.append(Events.answer(5));
            clock.move(Duration.ofMinutes(59));
            writer.append(Events.answer(6));
            clock.move(Duration.ofMinutes(2));
            writer.append(Events.answer(7));
        }
        assertThat(Segment.in(folder)).hasSizeGreaterThan(3);
        assertThat(ids(cursor)).containsExactly("a5", "a6", "a7");
        assertThat(ids(0)).hasSize(7);
        assertThat(verdict().whole()).isTrue();
    }

    @Test
    void doesNotRotateForAClockThatGoesBack() throws IOException {
        try (AuditWriter writer = open(AuditSettings.DEFAULT)) {
            writer.append(Events.answer(1));
            clock.move(Duration.ofDays(-400));
            writer.append(Events.answer(2));
        }
        append(AuditSettings.DEFAULT, 3, 3);
        assertThat(Segment.in(folder)).hasSize(1);
        assertThat(verdict().whole()).isTrue();
    }

    @Test
    void movesATornLineAwayAndSaysSo() throws IOException {
        append(AuditSettings.DEFAULT, 1, 2);
        long end = new AuditReader(folder).end();
        Files.writeString(newest(), "{\"event\":{\"answ\u0000", StandardOpenOption.APPEND);
        assertThat(verdict().whole()).isTrue();
        assertThat(verdict().torn()).isEqualTo(16);
        assertThat(ids(0)).containsExactly("a1", "a2");

        append(AuditSettings.DEFAULT, 3, 3);
        List<AuditRecord> after = new AuditReader(folder).read(end, 10).records();
        assertThat(after.get(0).event())
                .isInstanceOfSatisfying(
                        RepairEvent.class, repair -> assertThat(repair.bytes()).isEqualTo(16));
        assertThat(after.get(1).event()).isEqualTo(Events.answer(3));
        assertThat(Files.readString(folder.resolve("torn/" + end + ".bin"))).endsWith("answ\u0000");
        assertThat(verdict().whole()).isTrue();
    }

    @Test
    void letsOneWriterInAtATime() throws IOException {
        try (AuditWriter first = open(AuditSettings.DEFAULT)) {
            first.append(Events.answer(1));
            assertThatThrownBy(() -> open(AuditSettings.DEFAULT))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("another process is writing this audit log")
                    .hasMessageContaining("a separate folder");
            first.append(Events.answer(2));
        }
        append(AuditSettings.DEFAULT, 3, 3);
        assertThat(ids(0)).containsExactly("a1", "a2", "a3");
    }

    @Test
    void refusesToAppendAfterItWasClosed() throws IOException {
        AuditWriter writer = open(AuditSettings.DEFAULT);
        writer.close();
        writer.close();
        assertThatThrownBy(() -> writer.append(Events.answer(1)))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("was closed");
    }

    @Test
    void staysWholeWhenTheDiskIsFullInTheMiddleOfALine() throws IOException {
        AtomicBoolean full = new AtomicBoolean();
        Disk disk = new Disk((action, path) -> {
            if (full.get() && action.equals("append")) {
                // What a disk does that has room for a part of it.
                Files.writeString(path, "{\"event", StandardOpenOption.APPEND);
                throw new IOException("No space left on device");
            }
        });
        try (AuditWriter writer = AuditWriter.open(folder, AuditSettings.DEFAULT, clock, disk)) {
            writer.append(Events.answer(1));
            full.set(true);
            assertThatThrownBy(() -> writer.append(Events.answer(2)))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("the disk is full");
            assertThat(Files.readString(newest())).endsWith("}\n");
            full.set(false);
            writer.append(Events.answer(3));
        }
        assertThat(ids(0)).containsExactly("a1", "a3");
        assertThat(verdict().whole()).isTrue();
    }

    @Test
    void takesPersonalDataOutOfEveryText() throws IOException {
        try (AuditWriter writer = open(AuditSettings.DEFAULT)) {
            writer.append(Events.answer(
                    "a1",
                    Arm.CHAMPION,
                    "I am mara.lind7@example.com, card 4111 1111 1111 1111",
                    "Call +44 20 7946 0123"));
            writer.append(Events.feedback("a1", null, "Write to tom.hale@example.com"));
        }
        assertThat(Files.readString(newest()))
                .contains("I am [EMAIL], card [CARD]", "Call [PHONE]", "Write to [EMAIL]")
                .doesNotContain("mara", "4111", "7946", "tom.hale");
    }

    @Test
    void knowsPhoneNumbersOfTheOperatorsRegions() throws IOException {
        try (AuditWriter writer = open(AuditSettings.DEFAULT.withRegions(List.of("IN")))) {
            writer.append(Events.answer("a1", Arm.CHAMPION, "Call me: 098765 43210", "I will"));
        }
        assertThat(Files.readString(newest())).contains("Call me: [PHONE]");
    }

    @Test
    void keepsNoTextWhereNoneIsWanted() throws IOException {
        try (AuditWriter writer = open(AuditSettings.DEFAULT.with(Texts.NONE))) {
            writer.append(Events.answer("a1", Arm.CHAMPION, "a secret", "I'm sorry, but I can't say"));
            writer.append(Events.feedback("a1", Thumb.DOWN, "another secret"));
        }
        assertThat(Files.readString(newest())).doesNotContain("secret", "sorry", "be kind");
        AnswerEvent read = (AnswerEvent)
                new AuditReader(folder).read(0, 1).records().get(0).event();
        assertThat(read.question().length()).isEqualTo(8);
        assertThat(read.reply().refused()).isTrue();
    }

    @Test
    void bearsWhatStrangersSend() throws IOException {
        String huge = "\u0000".repeat(1 << 20);
        AnswerEvent wild = new AnswerEvent(
                "i".repeat(5000),
                Events.NOON,
                new ServedBy("p", "m\n", "\ud83d", Arm.CHAMPION),
                AuditedQuestion.of(IntStream.range(0, 10_000)
                        .mapToObj(n -> new AuditedTurn("user", n + " \ud83d \u2028"))
                        .toList()),
                Reply.of(huge, "stop", 1, 1, 1));
        try (AuditWriter writer = open(AuditSettings.DEFAULT)) {
            writer.append(wild);
            writer.append(Events.answer(2));
        }
        assertThat(verdict().whole()).isTrue();
        AuditPage page = new AuditReader(folder).read(0, 10);
        assertThat(page.records()).hasSize(2);
        AuditedQuestion kept = ((AnswerEvent) page.records().get(0).event()).question();
        assertThat(kept.lastOfUser()).startsWith("9999 ");
        assertThat(kept.messages()).hasSize(AuditRedaction.MAX_TURNS);
        assertThat(Files.size(newest())).isLessThan(LineScan.MAX_LINE_BYTES);
    }

    @Test
    void deletesOldFilesAndTheChainStillHolds() throws IOException {
        AuditSettings settings =
                AuditSettings.DEFAULT.rotating(1, Duration.ofDays(1)).withRetention(Duration.ofDays(30));
        try (AuditWriter writer = open(settings)) {
            for (int number = 1; number <= 4; number++) {
                writer.append(Events.answer(number));
            }
            clock.move(Duration.ofDays(31));
            writer.append(Events.answer(5));
        }
        assertThat(ids(0)).containsExactly("a5");
        assertThat(verdict().whole()).as(verdict().toString()).isTrue();
        assertThat(verdict().first()).isEqualTo(5);
        AuditPage page = new AuditReader(folder).read(0, 10);
        assertThat(page.from()).isPositive();
    }

    @Test
    void deletesOldLinesOfALogWithoutNewOnes() throws IOException {
        AuditSettings settings =
                AuditSettings.DEFAULT.rotating(1 << 20, Duration.ofDays(1)).withRetention(Duration.ofDays(30));
        try (AuditWriter writer = open(settings)) {
            writer.append(Events.answer(1));
            clock.move(Duration.ofDays(29));
            writer.rotateAndRetain();
            assertThat(ids(0)).containsExactly("a1");
            clock.move(Duration.ofDays(2));
            writer.rotateAndRetain();
            assertThat(ids(0)).isEmpty();
            writer.rotateAndRetain();
        }
        assertThat(verdict().whole()).as(verdict().toString()).isTrue();
        assertThat(verdict().lines()).as("the line of the deletion").isEqualTo(1);
        append(settings, 2, 2);
        assertThat(verdict().whole()).as(verdict().toString()).isTrue();
    }

    @Test
    void aJumpOfTheClockDeletesNothing() throws IOException {
        AuditSettings settings =
                AuditSettings.DEFAULT.rotating(1, Duration.ofDays(1)).withRetention(Duration.ofDays(30));
        Duration[] passed = {Duration.ZERO};
        SteadyClock ages = new SteadyClock(clock, () -> passed[0].toNanos());
        try (AuditWriter writer = AuditWriter.open(folder, settings, clock, ages)) {
            writer.append(Events.answer(1));
            clock.move(Duration.ofDays(365));
            writer.append(Events.answer(2));
            writer.append(Events.answer(3));
        }
        assertThat(ids(0)).containsExactly("a1", "a2", "a3");
    }

    @Test
    void aClockThatJumpedBeforeTheStartDeletesNothingOnTheFirstDay() throws IOException {
        AuditSettings settings =
                AuditSettings.DEFAULT.rotating(1, Duration.ofDays(1)).withRetention(Duration.ofDays(30));
        append(settings, 1, 4);
        clock.move(Duration.ofDays(31));
        try (AuditWriter writer = open(settings)) {
            writer.append(Events.answer(5));
            writer.append(Events.answer(6));
            assertThat(ids(0)).as("the log was silent, or the clock is wrong").hasSize(6);
            clock.move(Duration.ofDays(1));
            writer.append(Events.answer(7));
            assertThat(ids(0)).as("nobody has corrected the clock").doesNotContain("a1", "a4");
        }
        assertThat(verdict().whole()).as(verdict().toString()).isTrue();
    }

    @Test
    void loseNoLineOfManyThreads() throws IOException {
        try (AuditWriter writer = open(AuditSettings.DEFAULT.rotating(5000, Duration.ofDays(1)))) {
            IntStream.range(0, 400).parallel().forEach(number -> {
                try {
                    writer.append(Events.answer(number));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }
        assertThat(ids(0)).hasSize(400).doesNotHaveDuplicates();
        assertThat(verdict().whole()).isTrue();
    }

    @Test
    void goesOnBehindForeignBytes() throws IOException {
        append(AuditSettings.DEFAULT.with(Sync.EVERY_LINE), 1, 2);
        Files.write(
                newest(),
                ("\u0000\u0001 not a line\n" + "x".repeat(LineScan.MAX_LINE_BYTES + 5) + "\n")
                        .getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.APPEND);
        append(AuditSettings.DEFAULT, 3, 3);
        assertThat(ids(0)).containsExactly("a1", "a2", "a3");
        assertThat(new AuditReader(folder).read(0, 10).rejected()).isEqualTo(2);
        assertThat(verdict().whole()).isFalse();
    }

    private AuditWriter open(AuditSettings settings) throws IOException {
        return AuditWriter.open(folder, settings, clock, new Disk());
    }

    private void append(AuditSettings settings, int from, int to) throws IOException {
        try (AuditWriter writer = open(settings)) {
            for (int number = from; number <= to; number++) {
                writer.append(Events.answer(number));
            }
        }
    }

    private List<String> ids(long cursor) throws IOException {
        return new AuditReader(folder)
                .read(cursor, 1000).records().stream()
                        .map(AuditRecord::event)
                        .filter(AnswerEvent.class::isInstance)
                        .map(event -> ((AnswerEvent) event).id())
                        .toList();
    }

    private AuditVerdict verdict() throws IOException {
        return new AuditVerifier(folder).verify();
    }

    private Path newest() throws IOException {
        List<Segment> segments = Segment.in(folder);
        return segments.get(segments.size() - 1).file();
    }
}
