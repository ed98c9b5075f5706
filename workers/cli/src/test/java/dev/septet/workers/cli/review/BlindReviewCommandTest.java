package dev.septet.workers.cli.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.evaluate.votes.VoteFile;
import dev.septet.activities.evaluate.votes.VoteWriter;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.review.EvaluatedStore.Answered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet review --blind} and what it says of the votes. */
class BlindReviewCommandTest {
    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);
    private EvaluatedStore store = new EvaluatedStore(home);
    private Path votes = Path.of("");

    @BeforeEach
    void open() {
        septet = new Captured(home);
        store = new EvaluatedStore(home);
        votes = home.resolve("votes.jsonl");
    }

    /** Votes at the terminal: for the tuned model in all rows but the first ones that are shown. */
    private void vote(String run, String reviewer, int losses, Map<String, List<Answered>> sets) throws IOException {
        Map<String, List<AnswerPair>> pairs =
                RunAnswers.find(septet.session(), run).pairs(new RunAnswers.Against("baseline", null), null);
        List<String> tuned = sets.values().stream()
                .flatMap(List::stream)
                .map(Answered::tuned)
                .toList();
        try (VoteWriter writer = VoteWriter.open(votes)) {
            BlindReview review = new SampledReview(pairs, "baseline", null, null).open(writer, note -> {});
            String name = Reviewers.of(home.resolve("state")).pseudonym(reviewer);
            int[] left = {losses};
            new TerminalReview(septet.session().terminal(), review, name).run(question -> {
                if (!review.next(name).open()) {
                    return null;
                }
                boolean tunedLeft = tuned.contains(review.next(name).left());
                return tunedLeft == left[0]-- <= 0 ? "l" : "r";
            });
        }
    }

    @Test
    void printsTheWinRateWithItsIntervalAndTheAgreement() throws IOException {
        Map<String, List<Answered>> sets = Map.of(
                "",
                EvaluatedStore.rows(30),
                "lab",
                List.of(new Answered("same", "equal", "equal"), new Answered("p", "a", "b")));
        store.evaluation("desk", sets);
        vote("desk", "Anna", 3, sets);
        vote("desk", "Ben", 6, sets);
        assertThat(septet.run("review", "desk", "--result", "--votes", votes))
                .as(septet.err())
                .isZero();
        assertThat(septet.out())
                .contains("humanWinRate", "humanWinRate on lab", "60 votes of 2 reviewers", "Cohen's kappa");
        assertThat(septet.run("review", "desk", "--result", "--json", "--votes", votes))
                .isZero();
        JsonNode split = SpecJson.mapper().readTree(septet.out()).path("sets").path(0);
        assertThat(split.path("value").asDouble()).isBetween(0.8, 0.95);
        assertThat(split.path("interval").path("low").asDouble())
                .isBetween(0.6, split.path("value").asDouble());
        assertThat(split.path("votes").path("judges")).hasSize(2);
    }

    @Test
    void aRunWithoutBlindLearnsTheNextCommand() throws IOException {
        store.evaluation("desk", EvaluatedStore.rows(10));

        // A run id, and a pipeline whose model nobody has asked yet.
        for (String name : List.of("run-desk1", "desk")) {
            assertThat(septet.run("review", name)).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(septet.err())
                    .contains("there is no feedback on pipeline '" + name + "'")
                    .contains("It has an evaluation: `septet review " + name + " --blind` compares its answers");
        }
        assertThat(septet.run("review", "desk/other-run", "--list")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .contains("'desk/other-run' is not a pipeline's name, and feedback belongs to a pipeline")
                .contains("If it was evaluated, `septet review desk/other-run --blind` compares");
        assertThat(septet.run("review", "$(desk)")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("needs a pipeline's name").doesNotContain("--blind` compares");
    }

    @Test
    void votesOnAnotherModelDoNotCount() throws IOException {
        store.evaluation("desk", EvaluatedStore.rows(10));
        vote("desk", "anna", 0, Map.of("", EvaluatedStore.rows(10)));
        List<Answered> changed = new ArrayList<>();
        EvaluatedStore.rows(10).forEach(row -> changed.add(new Answered(row.prompt(), row.tuned() + "!", row.base())));
        store.evaluation("desk", changed);
        assertThat(septet.run("review", "desk", "--result", "--votes", votes)).isZero();
        assertThat(septet.out()).contains("0 votes of 0 reviewers; 10 votes are about other answers");
    }

    @Test
    void drawsASampleOfEverySetAndGoesOnWithIt() throws IOException {
        Map<String, List<AnswerPair>> pairs = Map.of("", pairs(90), "lab", pairs(10));
        List<String> notes = new ArrayList<>();
        try (VoteWriter writer = VoteWriter.open(votes)) {
            new SampledReview(pairs, "baseline", 20, 5L).open(writer, notes::add);
        }
        try (VoteWriter writer = VoteWriter.open(votes)) {
            assertThat(writer.before().samples())
                    .extracting(sample -> sample.rows())
                    .containsExactlyInAnyOrder(18, 2);
            new SampledReview(pairs, "baseline", null, null).open(writer, notes::add);
        }
        assertThat(VoteFile.read(Files.readString(votes)).lines()).isEqualTo(2);
        assertThat(notes)
                .hasSize(2)
                .allMatch(note ->
                        note.startsWith("20 pairs") || note.startsWith("19 pairs") || note.startsWith("18 pairs"));
    }

    private static List<AnswerPair> pairs(int count) {
        return EvaluatedStore.rows(count).stream()
                .map(row -> new AnswerPair(row.prompt(), row.tuned(), row.base()))
                .toList();
    }

    @Test
    void comparesTwoRunsAndWritesLabelsOfJudges() throws IOException {
        store.evaluation("desk", EvaluatedStore.rows(4));
        List<Answered> older = new ArrayList<>();
        EvaluatedStore.rows(4).forEach(row -> older.add(new Answered(row.prompt(), "older " + row.prompt(), "")));
        store.evaluation("old", older);
        Map<String, List<AnswerPair>> pairs =
                RunAnswers.find(septet.session(), "desk").pairs(RunAnswers.Against.of(septet.session(), "old"), null);
        assertThat(pairs.get("")).hasSize(4).allMatch(pair -> pair.other().equals("older " + pair.prompt()));
        vote("desk", "anna", 1, Map.of("", EvaluatedStore.rows(4)));
        Path labels = home.resolve("labels.jsonl");
        assertThat(septet.run("review", "desk", "--votes", votes, "--labels", labels))
                .isZero();
        assertThat(septet.err()).contains("4 labels written");
        assertThat(Files.readAllLines(labels))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line)
                        .contains("\"prompt\":\"prompt ", "\"first\":", "\"second\":")
                        .containsPattern("\"verdict\":\"(first|second)\""));
    }

    @Test
    void namesWhatIsWrong() throws IOException {
        assertThat(septet.run("review", "desk", "--blind")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("there is no store");
        store.evaluation("desk", EvaluatedStore.rows(2));
        assertThat(septet.run("review", "other", "--result")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("no evaluation of 'other' is in the store");
        assertThat(septet.run("review", "desk", "--against", "champion", "--result"))
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("has no answers of the deployed model", "compare champion");
        assertThat(septet.run("review", "desk", "--set", "lab", "--result")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("no test rows of a set 'lab'; it has the test split");
        assertThat(septet.run("review", "desk", "--result", "--votes", votes)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("there is no votes file", "septet review desk --blind");
        assertThat(septet.run("review", "desk", "--blind", "--accept-all")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("review", "desk", "--rows", "0")).isEqualTo(ExitCode.USAGE);
        vote("desk", "anna", 0, Map.of("", EvaluatedStore.rows(2)));
        Files.writeString(votes, Files.readString(votes).replaceFirst("\"(first|second)\"}", "\"tie\"}"));
        Files.writeString(votes, Files.readString(votes).replaceFirst("verdict\":\"(first|second)", "verdict\":\"tie"));
        assertThat(septet.run("review", "desk", "--result", "--votes", votes)).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("votes.jsonl: line 2 is not what `septet review` wrote");
    }

    @Test
    void aTerminalShowsNoControlCharactersAndTakesVotesBack() throws IOException {
        store.evaluation("desk", List.of(new Answered("hello\u001b]0;x\u0007", "\u001b[31mred", "plain")));
        Map<String, List<AnswerPair>> pairs =
                RunAnswers.find(septet.session(), "desk").pairs(new RunAnswers.Against("baseline", null), null);
        Deque<String> typed = new ArrayDeque<>(List.of("x", "t", "u", "l"));
        try (VoteWriter writer = VoteWriter.open(votes)) {
            BlindReview review = new SampledReview(pairs, "baseline", null, null).open(writer, note -> {});
            new TerminalReview(septet.session().terminal(), review, "a".repeat(16)).run(question -> typed.poll());
            assertThat(review.next("a".repeat(16)).open()).isFalse();
        }
        assertThat(septet.out()).contains("␛]0;x␇", "␛[31mred").doesNotContain("\u001b");
        assertThat(typed).isEmpty();
        assertThat(VoteFile.read(Files.readString(votes)).votes())
                .extracting(vote -> vote.verdict().name())
                .containsExactly("TIE", "WITHDRAWN", "FIRST");
    }
}
