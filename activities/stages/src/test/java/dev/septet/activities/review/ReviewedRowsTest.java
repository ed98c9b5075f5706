package dev.septet.activities.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditSettings.Texts;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From feedback in a log to rows that preparation reads. */
class ReviewedRowsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);

    @TempDir
    Path folder;

    @Test
    void proposesTheLastCorrectionWithItsHistory() throws IOException {
        String answerLine;
        String feedbackLine;
        try (AuditWriter writer = writer(AuditSettings.DEFAULT)) {
            answerLine = writer.append(answer("a1", "where is it?", "no idea"));
            writer.append(feedback("a1", Thumb.DOWN, "on its way"));
            feedbackLine = writer.append(feedback("a1", null, "in the post"));
            writer.append(feedback("a1", Thumb.UP, null));
        }
        ReviewCandidates candidates = candidates(false);
        assertThat(candidates.all()).hasSize(1);
        ReviewCandidate only = candidates.all().get(0);
        assertThat(only.answer()).isEqualTo("in the post");
        assertThat(only.given()).isEqualTo("no idea");
        assertThat(only.row().promptText()).isEqualTo("where is it?");
        assertThat(only.evidence().get(0).answerLine()).isEqualTo(answerLine);
        assertThat(only.evidence().get(0).feedbackLine()).isEqualTo(feedbackLine);
        assertThat(candidates.unusable()).isEmpty();
    }

    @Test
    void saysWhatItCannotUse() throws IOException {
        try (AuditWriter writer = writer(AuditSettings.DEFAULT)) {
            writer.append(answer("a1", "one", "1"));
            writer.append(answer("a2", "two", "2"));
            writer.append(answer("a3", "three", "3"));
            writer.append(new AnswerEvent("a4", NOON, served(), AuditedQuestion.of("bare"), reply("prompt")));
            writer.append(feedback("a1", Thumb.UP, null));
            writer.append(feedback("a2", Thumb.DOWN, null));
            writer.append(feedback("a3", Thumb.DOWN, "  "));
            writer.append(feedback("a4", null, "better"));
            writer.append(feedback("gone", null, "better"));
        }
        assertThat(candidates(false).all()).isEmpty();
        assertThat(candidates(false).unusable().keySet())
                .containsExactly(
                        "is a thumb down without a correction",
                        "is a thumb up; --thumbs-up makes those candidates too",
                        "is about a bare prompt, not a conversation",
                        "is about a conversation that is no row: messages[2] from assistant is" + " empty",
                        "is about an answer that is not in the log");
        assertThat(candidates(true).all()).singleElement().satisfies(liked -> {
            assertThat(liked.kind()).isEqualTo(ReviewCandidate.Kind.THUMB_UP);
            assertThat(liked.answer()).isEqualTo("1");
        });
    }

    @Test
    void masksPersonalDataOfALogThatKeptIt() throws IOException {
        try (AuditWriter writer = writer(AuditSettings.DEFAULT.with(Texts.WHOLE))) {
            writer.append(answer("a1", "I am mara.lind7@example.com", "who?"));
            writer.append(feedback("a1", null, "call +44 20 7946 0123"));
        }
        try (ReviewBook book = rows().open("support")) {
            book.accept(candidates(false).all().get(0), "ines", CLOCK);
        }
        assertThat(Files.readString(rows().file("support")))
                .contains("I am [EMAIL]", "call [PHONE]")
                .doesNotContain("mara", "7946");
    }

    @Test
    void acceptedRowsAreADatasetWithTheirHistoryBesideThem() throws IOException {
        log("a1", "where is it?", "in the post");
        ReviewCandidate candidate = candidates(false).all().get(0);
        try (ReviewBook book = rows().open("support")) {
            assertThat(book.pending(candidate)).isTrue();
            assertThat(book.accept(candidate, "ines", CLOCK)).isTrue();
            assertThat(book.accept(candidate, "tom", CLOCK)).isFalse();
            assertThat(book.pending(candidate)).isFalse();
        }
        assertThat(rows().count("support")).isEqualTo(1);
        JsonNode line = SpecJson.mapper().readTree(rows().rows("support", 0).get(0));
        JsonNode review = line.get("review");
        assertThat(review.get("id").textValue()).isEqualTo(candidate.id());
        assertThat(review.get("by").textValue()).isEqualTo("ines");
        assertThat(review.get("time").textValue()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(review.get("redacted")).hasSize(5);
        assertThat(review.get("evidence").get(0).get("answerLine").textValue())
                .hasSize(64)
                .isEqualTo(candidate.evidence().get(0).answerLine());

        SourceFile source = new SourceFile(rows().file("support"), "reviewed");
        try (DatasetReader reader = DatasetReader.open(source, DatasetFormat.AUTO)) {
            Row row = (Row) reader.next().orElseThrow();
            assertThat(row.promptText()).isEqualTo("where is it?");
            assertThat(row.reference()).contains("in the post");
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void theSameRowHasOneNameAndAContradictionIsRefused() throws IOException {
        log("a1", "where is it?", "in the post");
        log("a2", "where  is it?", "in the post");
        log("a3", "where is it?", "lost");
        List<ReviewCandidate> all = candidates(false).all();
        assertThat(all).hasSize(2);
        assertThat(all.get(0).evidence()).hasSize(2);
        try (ReviewBook book = rows().open("support")) {
            book.accept(all.get(0), "ines", CLOCK);
            assertThatThrownBy(() -> book.accept(all.get(1), "ines", CLOCK))
                    .isInstanceOf(ReviewProblem.class)
                    .hasMessageContaining("contradicts row " + all.get(0).id().substring(0, 12));
            book.reject(all.get(1), "ines", CLOCK);
        }
        try (ReviewBook again = rows().open("support")) {
            assertThat(all).noneMatch(again::pending);
            assertThat(again.rows()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerThatAReviewerWroteReplacesTheCandidate() throws IOException {
        log("a1", "where is it?", "dunno");
        ReviewCandidate candidate = candidates(false).all().get(0);
        try (ReviewBook book = rows().open("support")) {
            ReviewCandidate edited = book.replace(candidate, "in the post", "ines", CLOCK);
            assertThat(edited.kind()).isEqualTo(ReviewCandidate.Kind.EDITED);
            assertThat(book.pending(candidate)).isFalse();
        }
        assertThat(rows().rows("support", 0).get(0)).contains("in the post").contains("EDITED");
    }

    @Test
    void aCursorIsANumberOfRowsAndACrashLosesNothing() throws IOException {
        for (int row = 1; row <= 3; row++) {
            log("a" + row, "question " + row, "answer " + row);
        }
        try (ReviewBook book = rows().open("support")) {
            for (ReviewCandidate candidate : candidates(false).all().subList(0, 2)) {
                book.accept(candidate, "ines", CLOCK);
            }
        }
        Files.writeString(rows().file("support"), "{\"messages\":[{\"ro", StandardOpenOption.APPEND);
        assertThat(rows().count("support")).isEqualTo(2);
        try (ReviewBook book = rows().open("support")) {
            book.accept(candidates(false).all().get(2), "ines", CLOCK);
        }
        assertThat(rows().rows("support", 2)).singleElement().asString().contains("question 3");
        assertThat(rows().rows("support", 9)).isEmpty();
        assertThat(rows().rows("nobody", 0)).isEmpty();
    }

    @Test
    void refusesASecondReviewerAndADamagedFile() throws IOException {
        try (ReviewBook first = rows().open("support")) {
            assertThat(first.rows()).isZero();
            assertThatThrownBy(() -> rows().open("support"))
                    .isInstanceOf(ReviewProblem.class)
                    .hasMessageContaining("another review is in progress");
        }
        Files.writeString(rows().file("support"), "{}\n");
        assertThatThrownBy(() -> rows().open("support"))
                .isInstanceOf(ReviewProblem.class)
                .hasMessageContaining("rows.jsonl:1: is not a reviewed row");
    }

    private ReviewedRows rows() {
        return new ReviewedRows(folder.resolve("reviewed"));
    }

    private ReviewCandidates candidates(boolean thumbsUp) throws IOException {
        return ReviewCandidates.read(
                new AuditLogs(folder, AtRestEncryption.none()).reader("audit"), "support", thumbsUp, List.of());
    }

    private void log(String id, String question, String correction) throws IOException {
        try (AuditWriter writer = writer(AuditSettings.DEFAULT)) {
            writer.append(answer(id, question, "no idea"));
            writer.append(feedback(id, Thumb.DOWN, correction));
        }
    }

    private AuditWriter writer(AuditSettings settings) throws IOException {
        return new AuditLogs(folder, AtRestEncryption.none()).writer("audit", settings);
    }

    private static AnswerEvent answer(String id, String question, String answer) {
        List<AuditedTurn> turns = List.of(new AuditedTurn("system", "be kind"), new AuditedTurn("user", question));
        return new AnswerEvent(id, NOON, served(), AuditedQuestion.of(turns), reply(answer));
    }

    private static ServedBy served() {
        return new ServedBy("support", "support", "v1", Arm.CHAMPION);
    }

    private static Reply reply(String answer) {
        return Reply.of(answer, "stop", 12, 5, 40);
    }

    private static FeedbackEvent feedback(String of, @Nullable Thumb thumb, @Nullable String correction) {
        return new FeedbackEvent("f-" + of, NOON, "support", of, thumb, correction);
    }
}
