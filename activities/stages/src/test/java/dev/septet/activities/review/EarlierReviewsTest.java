package dev.septet.activities.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.dsl.EarlierVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reviews of feedback that earlier versions wrote: reviewed rows and declined ones are known, this version continues them, and
 * writes equal decisions with equal bytes. The version in the name of a folder wrote its files, which never change afterwards. A
 * release adds a folder: {@code -Dgolden.update=true} writes that of the version in the root pom if it is missing.
 */
class EarlierReviewsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path temp = Path.of("");

    private static ReviewCandidate candidate(String question, ReviewCandidate.Kind kind) {
        List<Message> messages =
                List.of(new Message(ChatRole.USER, question), new Message(ChatRole.ASSISTANT, "in the post"));
        Evidence evidence = new Evidence("a1", "1".repeat(64), "f1", "2".repeat(64), "v1", "2026-02-28T12:00:00Z");
        return new ReviewCandidate(
                new ChatRow(messages, new RowPlace("feedback", 1)), kind, "no idea", List.of(evidence));
    }

    private static Path write(Path folder) throws IOException {
        try (ReviewBook book = ReviewBook.open(folder)) {
            book.accept(candidate("where is it?", ReviewCandidate.Kind.CORRECTION), "ines", CLOCK);
            book.accept(candidate("größer 😀?", ReviewCandidate.Kind.THUMB_UP), "ines", CLOCK);
            book.reject(candidate("what?", ReviewCandidate.Kind.CORRECTION), "ines", CLOCK);
            book.replace(candidate("who?", ReviewCandidate.Kind.CORRECTION), "the courier", "ines", CLOCK);
        }
        return folder;
    }

    @Test
    void areReadContinuedAndWrittenWithTheSameBytes() throws IOException {
        Path own = EarlierVersions.recorded().resolve("reviewed");
        if (Boolean.getBoolean("golden.update") && Files.notExists(own)) {
            Files.delete(write(own).resolve("review.lock"));
        }
        for (Path version : EarlierVersions.all()) {
            Path folder = EarlierVersions.copied(version.resolve("reviewed"), temp.resolve(version.getFileName()));
            Path again = write(temp.resolve(version.getFileName() + "-again"));
            for (String file : List.of("rows.jsonl", "decisions.jsonl")) {
                assertThat(again.resolve(file))
                        .as("%s of %s", file, version)
                        .hasSameBinaryContentAs(folder.resolve(file));
            }
            try (ReviewBook book = ReviewBook.open(folder)) {
                assertThat(book.rows()).isEqualTo(3);
                assertThat(book.pending(candidate("where is it?", ReviewCandidate.Kind.CORRECTION)))
                        .isFalse();
                assertThat(book.pending(candidate("what?", ReviewCandidate.Kind.CORRECTION)))
                        .isFalse();
                ReviewCandidate later = candidate("when?", ReviewCandidate.Kind.CORRECTION);
                assertThat(book.pending(later)).isTrue();
                assertThat(book.accept(later, "ines", CLOCK)).isTrue();
                assertThat(book.rows()).isEqualTo(4);
            }
        }
    }
}
