package dev.septet.workers.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.review.ReviewBook;
import dev.septet.activities.review.ReviewCandidate;
import dev.septet.activities.review.ReviewCandidates;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet review} as scripts and people use it. */
class ReviewCommandTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);

    @BeforeEach
    void write() throws IOException {
        septet = new Captured(home);
        try (AuditWriter writer = new AuditLogs(home.resolve("state/audit"), AtRestEncryption.none())
                .writer("desk", AuditSettings.DEFAULT)) {
            for (int number = 1; number <= 3; number++) {
                writer.append(answer("a" + number, "question " + number));
                writer.append(feedback("a" + number, Thumb.DOWN, "better " + number));
            }
            writer.append(answer("a4", "question 4"));
            writer.append(feedback("a4", Thumb.UP, null));
        }
    }

    @Test
    void listsThenDecidesById() throws IOException {
        assertThat(septet.run("review", "desk")).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("asked      question 1")
                .contains("answered   bad")
                .contains("should be  better 1");
        assertThat(septet.err())
                .isEqualTo("1 feedback is a thumb up; --thumbs-up makes those candidates too\n"
                        + "3 candidates, 0 accepted rows; accept with --accept ID, reject with"
                        + " --reject ID\n");

        List<String> ids = ids();
        assertThat(septet.run(
                        "review",
                        "desk",
                        "--accept",
                        ids.get(0).substring(0, 12),
                        "--reject",
                        ids.get(1),
                        "--by",
                        "ines",
                        "--json"))
                .isEqualTo(ExitCode.OK);
        JsonNode decided = SpecJson.mapper().readTree(septet.out());
        assertThat(decided.get("accepted").get(0).textValue()).isEqualTo(ids.get(0));
        assertThat(decided.get("rows").intValue()).isEqualTo(1);
        assertThat(ids()).containsExactly(ids.get(2));
        assertThat(Files.readString(home.resolve("state/reviewed/desk/rows.jsonl")))
                .contains("\"by\":\"ines\"")
                .contains("better 1");
    }

    @Test
    void exportsADatasetWithoutItsHistory() throws IOException {
        Path file = home.resolve("rows.jsonl");
        assertThat(septet.run("review", "desk", "--thumbs-up", "--accept-all", "--export", file))
                .isEqualTo(ExitCode.OK);
        assertThat(Files.readAllLines(file))
                .hasSize(4)
                .first()
                .asString()
                .isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":\"question 1\"},"
                        + "{\"role\":\"assistant\",\"content\":\"better 1\"}]}");
        assertThat(septet.run("review", "desk", "--export", home.resolve("no/rows.jsonl")))
                .isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void refusesWhatMakesNoSenseBeforeAnythingIsDecided() throws IOException {
        String id = ids().get(0);
        assertThat(septet.run("review", "desk", "--accept", id, "--reject", "ffffff"))
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("there is no candidate 'ffffff'; nothing was decided");
        assertThat(septet.run("review", "desk", "--accept", id, "--reject", id)).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("review", "desk", "--answer", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("review", "desk", "--accept", id, "--answer", " "))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("review", "../desk")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("review", "nobody")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("its model has had no request yet");
        assertThat(home.resolve("state/reviewed/nobody")).doesNotExist();
        assertThat(ids()).hasSize(3);
    }

    @Test
    void asksAPersonOneByOne() throws IOException {
        Deque<String> typed = new ArrayDeque<>(List.of("what?", "a", "e", "", "e", "my own answer", "s"));
        List<String> asked = new ArrayList<>();
        ReviewedRows rows = new ReviewedRows(home.resolve("state/reviewed"));
        List<ReviewCandidate> pending = ReviewCandidates.read(
                        new AuditLogs(home.resolve("state/audit"), AtRestEncryption.none()).reader("desk"),
                        "desk",
                        false,
                        List.of())
                .all();
        try (ReviewBook book = rows.open("desk")) {
            new ReviewDialog(new ReviewView(septet.session().terminal(), false), book, "ines", Clock.systemUTC())
                    .run(pending, question -> {
                        asked.add(question);
                        return typed.poll();
                    });
        }
        assertThat(asked).hasSize(7);
        assertThat(septet.err()).contains("3 of 3").endsWith("2 decided, 2 accepted rows\n");
        assertThat(rows.rows("desk", 0)).hasSize(2);
        assertThat(rows.rows("desk", 1).get(0)).contains("my own answer").contains("question 2");
        assertThat(ids()).containsExactly(pending.get(2).id());
    }

    private List<String> ids() throws IOException {
        assertThat(septet.run("review", "desk", "--json")).isEqualTo(ExitCode.OK);
        List<String> ids = new ArrayList<>();
        SpecJson.mapper()
                .readTree(septet.out())
                .get("candidates")
                .forEach(candidate -> ids.add(candidate.get("id").textValue()));
        return ids;
    }

    private static AnswerEvent answer(String id, String question) {
        return new AnswerEvent(
                id,
                NOON,
                new ServedBy("desk", "desk", "v1", Arm.CHAMPION),
                AuditedQuestion.of(List.of(new AuditedTurn("user", question))),
                Reply.of("bad", "stop", 12, 5, 40));
    }

    private static FeedbackEvent feedback(String of, @Nullable Thumb thumb, @Nullable String correction) {
        return new FeedbackEvent("f-" + of, NOON, "desk", of, thumb, correction);
    }
}
