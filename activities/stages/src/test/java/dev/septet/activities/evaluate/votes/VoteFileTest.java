package dev.septet.activities.evaluate.votes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.audit.chain.ChainedLine;
import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;
import dev.septet.activities.store.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of votes: durable lines of a hash chain. */
class VoteFileTest {
    private static final String ANNA = "a".repeat(16);
    private static final String TIME = "2026-03-01T12:00:00Z";

    @TempDir
    private Path folder = Path.of("");

    static Vote vote(String reviewer, AnswerPair pair, boolean tunedFirst, Verdict verdict) {
        String first = Sha256.of(tunedFirst ? pair.answer() : pair.other());
        String second = Sha256.of(tunedFirst ? pair.other() : pair.answer());
        return new Vote(reviewer, Sha256.of(pair.prompt()), first, second, verdict, TIME);
    }

    private static AnswerPair pair(int row) {
        return new AnswerPair("prompt " + row, "tuned " + row, "base " + row);
    }

    private Path written(int votes) throws IOException {
        Path file = folder.resolve("votes.jsonl");
        try (VoteWriter writer = VoteWriter.open(file)) {
            writer.append(
                    PairSample.of("", "baseline", 1, List.of(pair(0).blind().id()), 9));
            for (int row = 0; row < votes; row++) {
                writer.append(vote(ANNA, pair(row), row % 2 == 0, Verdict.FIRST));
            }
        }
        return file;
    }

    @Test
    void continuesTheChainAndHasNoText() throws IOException {
        Path file = written(3);
        try (VoteWriter writer = VoteWriter.open(file)) {
            assertThat(writer.before().votes()).hasSize(3);
            writer.append(vote(ANNA, pair(2), true, Verdict.WITHDRAWN));
            assertThatThrownBy(() -> VoteWriter.open(file)).hasMessageContaining("another review has it open");
        }
        VoteFile read = VoteFile.read(Files.readString(file));
        assertThat(read.lines()).isEqualTo(5);
        assertThat(read.samples()).hasSize(1);
        assertThat(read.last().get(ANNA))
                .hasSize(2)
                .doesNotContainKey(pair(2).blind().id());
        assertThat(Files.readString(file)).doesNotContain("prompt 1", "tuned", "base 1");
    }

    @Test
    void namesTheLineThatWasChangedRemovedOrMoved() throws IOException {
        List<String> lines = Files.readAllLines(written(4));
        assertThatThrownBy(
                        () -> VoteFile.read(text(lines).replaceFirst("\"verdict\":\"first\"", "\"verdict\":\"tie\"")))
                .isInstanceOf(VoteProblem.class)
                .hasMessageContaining("line 2 is not what `septet review` wrote")
                .hasMessageNotContaining("{");
        assertThatThrownBy(() -> VoteFile.read(text(without(lines, 2))))
                .hasMessageContaining("line 3 does not follow the line before it");
        assertThatThrownBy(() -> VoteFile.read(text(without(lines, 0)))).hasMessageContaining("line 1 does not follow");
        assertThatThrownBy(() -> VoteFile.read(
                        text(List.of(lines.get(0), lines.get(2), lines.get(1), lines.get(3), lines.get(4)))))
                .hasMessageContaining("line 2 does not follow");
        assertThatThrownBy(() -> VoteFile.read("x".repeat(9_000) + "\n")).hasMessageContaining("line 1 is longer");
        assertThatThrownBy(() -> VoteFile.read("{\"verdict\":\"first\"}\n")).hasMessageContaining("line 1 is not");
    }

    /** Each sample may have to be drawn again from all pairs, so a file of nothing else would take hours. */
    @Test
    void refusesAFileOfTooManySamples() throws IOException {
        StringBuilder lines = new StringBuilder();
        String digest = ChainedLine.NONE_BEFORE;
        for (int line = 1; line <= VoteFile.MOST_SAMPLES; line++) {
            byte[] bytes = ChainedLine.bytes(
                    line, digest, VoteFile.SAMPLE, VoteFile.fields(PairSample.of("", "baseline", line, List.of(), 1)));
            digest = ChainedLine.digestIn(bytes);
            lines.append(new String(bytes, StandardCharsets.UTF_8));
        }
        Path file = Files.writeString(folder.resolve("samples.jsonl"), lines);
        assertThat(VoteFile.read(lines.toString()).sample("", List.of()))
                .hasValueSatisfying(last -> assertThat(last.seed()).isEqualTo(VoteFile.MOST_SAMPLES));
        PairSample more = PairSample.of("", "baseline", 7, List.of(), 1);
        try (VoteWriter writer = VoteWriter.open(file)) {
            assertThatThrownBy(() -> writer.append(more))
                    .hasMessageContaining("has too many samples; begin another one");
        }
        lines.append(new String(
                ChainedLine.bytes(VoteFile.MOST_SAMPLES + 1, digest, VoteFile.SAMPLE, VoteFile.fields(more)),
                StandardCharsets.UTF_8));
        assertThatThrownBy(() -> VoteFile.read(lines.toString()))
                .hasMessageContaining("line 1001 is one of more than 1,000 samples; begin another file");
    }

    @Test
    void neverChangesAFileThatIsNoVotesFile() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "a note\nwithout an end");
        assertThatThrownBy(() -> VoteWriter.open(file)).hasMessageContaining("line 1 is not");
        assertThat(file).hasContent("a note\nwithout an end");
        Path link = Files.createSymbolicLink(folder.resolve("link.jsonl"), file);
        assertThatThrownBy(() -> VoteWriter.open(link)).hasMessageContaining("is not a regular file");
    }

    @Test
    void cutsOffWhatAKilledProcessDidNotFinish() throws IOException {
        Path file = written(2);
        long whole = Files.size(file);
        Files.writeString(file, "{\"event\":{\"fir", StandardOpenOption.APPEND);
        assertThat(VoteFile.read(Files.readString(file)).votes()).hasSize(2);
        VoteWriter.open(file).close();
        assertThat(Files.size(file)).isEqualTo(whole);
    }

    /** Votes that a process acknowledged are there after kill -9, at any moment, and the next process goes on. */
    @Test
    void losesNothingWhenItIsKilled() throws Exception {
        Path file = folder.resolve("killed.jsonl");
        Random random = new Random(7);
        int acknowledged = 0;
        for (int kill = 0; kill < 3; kill++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Voter.class.getName(),
                            file.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int own = 0;
            int until = 5 + random.nextInt(40);
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                while (own < until && lines.readLine() != null) {
                    own++;
                }
                process.toHandle().destroyForcibly(); // the process itself would close the stream
                while (lines.readLine() != null) {
                    own++; // acknowledged before the kill
                }
            }
            assertThat(process.waitFor()).isNotZero();
            acknowledged += own;
            assertThat(own).isGreaterThanOrEqualTo(until);
            VoteFile read = VoteFile.read(Files.readString(file));
            assertThat(read.votes().size()).isBetween(acknowledged, acknowledged + 1);
            acknowledged = read.votes().size();
        }
    }

    /** Votes until it is killed. */
    static final class Voter {
        public static void main(String[] arguments) throws IOException {
            try (VoteWriter writer = VoteWriter.open(Path.of(arguments[0]))) {
                for (int row = writer.before().votes().size(); ; row++) {
                    writer.append(vote(ANNA, pair(row), true, Verdict.TIE));
                    System.out.println(row);
                }
            }
        }
    }

    @Test
    void drawsTheSameSampleFromTheSamePairs() {
        Set<String> ids = Set.of("1", "2", "3", "4", "5", "6");
        PairSample sample = PairSample.of("lab", "baseline", 3, ids, 4);
        assertThat(sample.of(ids)).hasSize(4);
        assertThat(sample.fits("lab", ids)).isTrue();
        assertThat(sample.fits("", ids)).isFalse();
        assertThat(sample.fits("lab", Set.of("1", "2", "3", "4", "5", "7"))).isFalse();
        assertThat(PairSample.of("lab", "baseline", 4, ids, 4).digest()).isNotEqualTo(sample.digest());
    }

    private static List<String> without(List<String> lines, int at) {
        List<String> fewer = new java.util.ArrayList<>(lines);
        fewer.remove(at);
        return fewer;
    }

    private static String text(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }
}
