package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.check.CheckFindings;
import dev.septet.activities.evaluate.report.RejectedAnswer;
import dev.septet.activities.evaluate.report.Sample;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report shows of rows with one answer, and of pairs. */
class SamplesTest {
    @TempDir
    Path folder;

    private EvaluationRows evaluationRows = new EvaluationRows(List.of(), "", OptionalInt.empty());

    @BeforeEach
    void readRows() throws IOException {
        Path file = folder.resolve("test.jsonl");
        Files.writeString(file, """
            {"prompt":"say","chosen":" one","rejected":" two","source":"p:1"}
            {"prompt":"say","chosen":" three","rejected":" four","source":"p:2"}
            {"prompt":"say","completion":" five","source":"p:3"}
            {"prompt":"say","completion":" six","source":"p:4"}
            """);
        List<Row> rows = PreparedRows.read(file, 0);
        evaluationRows = new EvaluationRows(rows, "", OptionalInt.empty());
    }

    @Test
    void showsBothAnswersOfAPairAndWhichIsLikelier() {
        List<Sample> samples = Samples.spread(evaluationRows, findings(), 4);
        assertThat(samples)
                .extracting(Sample::rejected)
                .containsExactly(
                        new RejectedAnswer(" two", -1.0, 2.0), new RejectedAnswer(" four", 3.0, -0.5), null, null);
        assertThat(samples).extracting(Sample::reference).contains(" one", " three");
    }

    @Test
    void namesRowsThatAreNotLearned() {
        assertThat(Samples.misses(evaluationRows, findings(), 4))
                .extracting(Sample::source)
                .containsExactly("p:2", "p:4");
    }

    private static EvaluationFindings findings() {
        List<Prediction> before = List.of(
                new Prediction(null, 5, 1, 4.0),
                new Prediction(null, 1, 1, 4.0),
                new Prediction("?", 1, 1),
                new Prediction("?", 1, 1));
        List<Prediction> after = List.of(
                new Prediction(null, 1, 1, 3.0),
                new Prediction(null, 2, 1, 1.5),
                new Prediction(" five", 1, 1),
                new Prediction(" seven", 1, 1));
        return new EvaluationFindings(
                Verdict.GO,
                List.of(),
                Map.of(),
                null,
                before,
                after,
                List.of(),
                List.of(),
                CheckFindings.NONE,
                null,
                List.of());
    }
}
