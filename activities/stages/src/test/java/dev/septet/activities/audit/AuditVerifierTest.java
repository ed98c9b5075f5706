package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.chain.AuditBreak;
import dev.septet.activities.audit.chain.AuditBreak.Damage;
import dev.septet.activities.audit.chain.AuditVerdict;
import dev.septet.activities.audit.chain.AuditVerifier;
import dev.septet.activities.audit.chain.ChainedLine;
import dev.septet.activities.audit.chain.Segment;
import dev.septet.activities.store.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two files of a few lines each, and what somebody may do to them. */
class AuditVerifierTest {
    @TempDir
    Path folder;

    private Path older = Path.of("");
    private Path newer = Path.of("");

    @BeforeEach
    void write() throws IOException {
        try (AuditWriter writer = AuditWriter.open(
                folder, AuditSettings.DEFAULT.rotating(2000, Duration.ofDays(1)), new Events.HandClock(), new Disk())) {
            for (int number = 1; number <= 8; number++) {
                writer.append(Events.answer(number));
            }
        }
        List<Segment> segments = Segment.in(folder);
        assertThat(segments).hasSize(2);
        older = segments.get(0).file();
        newer = segments.get(1).file();
    }

    @Test
    void findsNothingInWhatWasWritten() throws IOException {
        AuditVerdict verdict = new AuditVerifier(folder).verify();
        assertThat(verdict.whole()).isTrue();
        assertThat(verdict.lines()).isEqualTo(8);
        assertThat(new AuditVerifier(folder).verify(verdict.digest()).whole()).isTrue();
    }

    @Test
    void findsAChangedLine() throws IOException {
        Files.writeString(older, Files.readString(older).replace("answer 2", "answer X"));
        assertBroken(Damage.CHANGED, older, 2, 2L);
    }

    @Test
    void findsALineThatWasWrittenAnewWithARightDigest() throws IOException {
        List<String> lines = Files.readAllLines(older);
        ChainedLine second = ChainedLine.parse(lines.get(1).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .orElseThrow();
        lines.set(
                1,
                new String(
                                ChainedLine.bytes(2, second.previous(), Events.answer(99)),
                                java.nio.charset.StandardCharsets.UTF_8)
                        .strip());
        rewrite(older, lines);
        AuditBreak broken = assertBroken(Damage.CHANGED, older, 3, 2L);
        assertThat(broken.what()).contains("it was replaced");
    }

    @Test
    void findsADeletedLine() throws IOException {
        List<String> lines = Files.readAllLines(older);
        lines.remove(1);
        rewrite(older, lines);
        AuditBreak broken = assertBroken(Damage.DELETED, older, 2, 2L);
        assertThat(broken.what()).isEqualTo("line 2 is missing before line 3");
    }

    @Test
    void findsLinesInAnotherOrder() throws IOException {
        List<String> lines = Files.readAllLines(older);
        Collections.swap(lines, 1, 2);
        rewrite(older, lines);
        AuditBreak broken = assertBroken(Damage.REORDERED, older, 2, 3L);
        assertThat(broken.what()).isEqualTo("line 3 comes before line 2");
    }

    @Test
    void findsALineThatStandsTwice() throws IOException {
        List<String> lines = Files.readAllLines(newer);
        lines.add(1, lines.get(0));
        rewrite(newer, lines);
        assertThat(broken(null).damage()).isEqualTo(Damage.REORDERED);
    }

    @Test
    void findsAnEndThatWasCut() throws IOException {
        List<String> lines = Files.readAllLines(newer);
        rewrite(newer, lines.subList(0, lines.size() - 1));
        AuditBreak broken = assertBroken(Damage.TRUNCATED, newer, lines.size() - 1, 8L);
        assertThat(broken.what()).isEqualTo("the log ends with line 7, but line 8 had been written");
    }

    @Test
    void findsAnEndThatWasCutWithinALine() throws IOException {
        String text = Files.readString(newer);
        Files.writeString(newer, text.substring(0, text.length() - 40));
        assertThat(broken(null).damage()).isEqualTo(Damage.TRUNCATED);
    }

    @Test
    void findsAnEndOfAnOlderFileThatWasCut() throws IOException {
        List<String> lines = Files.readAllLines(older);
        rewrite(older, lines.subList(0, lines.size() - 1));
        assertThat(broken(null).damage()).isEqualTo(Damage.TRUNCATED);
    }

    @Test
    void findsADeletedFile() throws IOException {
        Files.delete(newer);
        assertThat(broken(null).damage()).isEqualTo(Damage.TRUNCATED);
    }

    @Test
    void findsADeletedOldestFile() throws IOException {
        Files.delete(older);
        AuditBreak broken = broken(null);
        assertThat(broken.damage()).isEqualTo(Damage.DELETED);
        assertThat(broken.what()).contains("no line in it records");
    }

    @Test
    void findsAWholeChainThatWasMadeAnewByADigestKeptElsewhere() throws IOException {
        String noted = new AuditVerifier(folder).verify().digest();
        new Disk().remove(folder);
        try (AuditWriter writer = AuditWriter.open(folder, AuditSettings.DEFAULT)) {
            for (int number = 1; number <= 8; number++) {
                writer.append(Events.answer(number + 1));
            }
        }
        assertThat(new AuditVerifier(folder).verify().whole()).isTrue();
        assertThat(broken(noted).what()).contains("no line of the log has the digest " + noted);
    }

    @Test
    void findsForeignBytesAndBinary() throws IOException {
        byte[] bytes = Files.readAllBytes(older);
        bytes[700] = 0;
        Files.write(older, bytes);
        assertThat(broken(null).damage()).isEqualTo(Damage.CHANGED);
    }

    @Test
    void saysThatNothingIsThereOfAnEmptyFolder(@TempDir Path empty) throws IOException {
        AuditVerdict verdict = new AuditVerifier(empty).verify();
        assertThat(verdict.whole()).isTrue();
        assertThat(verdict.lines()).isZero();
    }

    @Test
    void findsEverySingleByteThatIsChanged() throws IOException {
        byte[] bytes = Files.readAllBytes(older);
        List<Integer> unnoticed = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += 7) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            Files.write(older, changed);
            if (new AuditVerifier(folder).verify().whole()) {
                unnoticed.add(at);
            }
        }
        assertThat(unnoticed).isEmpty();
    }

    private AuditBreak assertBroken(Damage damage, Path file, long line, Long sequence) throws IOException {
        AuditBreak broken = broken(null);
        assertThat(broken.damage()).isEqualTo(damage);
        assertThat(broken.file()).isEqualTo(String.valueOf(file.getFileName()));
        assertThat(broken.line()).isEqualTo(line);
        assertThat(broken.sequence()).isEqualTo(sequence);
        return broken;
    }

    private AuditBreak broken(@org.jspecify.annotations.Nullable String expected) throws IOException {
        return Objects.requireNonNull(new AuditVerifier(folder).verify(expected).broken());
    }

    private static void rewrite(Path file, List<String> lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n");
    }
}
