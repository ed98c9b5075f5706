package dev.septet.activities.evaluate.votes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;
import dev.septet.dsl.EarlierVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Votes files that earlier versions wrote: their chain verifies, this version continues it, and writes equal votes with equal bytes.
 * The version in the name of a folder wrote its file, which never changes afterwards. A release adds one:
 * {@code -Dgolden.update=true} writes that of the version in the root pom if it is missing.
 */
class EarlierVotesTest {
    private static final String ANNA = "a".repeat(16);

    @TempDir
    private Path temp = Path.of("");

    private static AnswerPair pair(int row) {
        return new AnswerPair("prompt " + row, "tuned " + row, "base " + row);
    }

    private static Path write(Path file) throws IOException {
        try (VoteWriter writer = VoteWriter.open(file)) {
            writer.append(
                    PairSample.of("", "baseline", 1, List.of(pair(0).blind().id()), 9));
            int row = 0;
            for (Verdict verdict : Verdict.values()) {
                writer.append(VoteFileTest.vote(ANNA, pair(row), row % 2 == 0, verdict));
                row++;
            }
        }
        return file;
    }

    @Test
    void isReadContinuedAndWrittenWithTheSameBytes() throws IOException {
        Path own = EarlierVersions.recorded().resolve("votes/votes.jsonl");
        if (Boolean.getBoolean("golden.update") && Files.notExists(own)) {
            write(Files.createDirectories(own.toAbsolutePath().getParent()).resolve("votes.jsonl"));
        }
        for (Path version : EarlierVersions.all()) {
            Path file = EarlierVersions.copied(version.resolve("votes"), temp.resolve(version.getFileName()))
                    .resolve("votes.jsonl");
            String before = Files.readString(file);
            VoteFile read = VoteFile.read(before);
            assertThat(read.samples()).as("%s", version).hasSize(1);
            assertThat(read.votes()).hasSize(Verdict.values().length);
            assertThat(Files.readString(write(temp.resolve(version.getFileName() + "-again.jsonl"))))
                    .isEqualTo(before);
            try (VoteWriter writer = VoteWriter.open(file)) {
                writer.append(VoteFileTest.vote(ANNA, pair(9), true, Verdict.FIRST));
            }
            assertThat(Files.readString(file)).startsWith(before);
            assertThat(VoteFile.read(Files.readString(file)).lines()).isEqualTo(read.lines() + 1);
        }
    }
}
