package dev.septet.workers.cli.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.DocPage;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code septet recommend} prints; the page about retrieval shows the same. */
class RecommendationTextTest {
    private static final String RECORD = "seconds/" + "a".repeat(64);
    private static final String RESULTS = """
        {"retrieval": {"trainRows": 480, "rowBytes": 61440,
          "methods": [{"by": "WORDS", "rows": 5, "indexBytes": 20480}],
          "sets": [{"set": "", "rows": 148, "metrics": [{"name": "exactMatch", "lowerIsBetter": false}], "prompts": [],
            "candidates": [
              {"choice": "NEITHER", "metrics": {"exactMatch": {"score": 0.0, "interval": {"low": 0.0, "high": 0.0}}},
                "promptTokens": 41.5, "answerTokens": 64, "seconds": "seconds/none"},
              {"choice": "FINE_TUNE", "metrics": {"exactMatch": {"score": 0.95, "interval": {"low": 0.91, "high": 0.98}}},
                "promptTokens": 41.5, "answerTokens": 22.5, "seconds": "%s"},
              {"choice": "RETRIEVE", "by": "WORDS",
                "metrics": {"exactMatch": {"score": 0.41, "interval": {"low": 0.33, "high": 0.49}}},
                "promptTokens": 312, "answerTokens": 25, "seconds": "%s"},
              {"choice": "BOTH", "by": "WORDS",
                "metrics": {"exactMatch": {"score": 0.96, "interval": {"low": 0.92, "high": 0.99}}},
                "promptTokens": 312, "answerTokens": 22.5, "seconds": "../run.key"}],
            "differences": [
              {"metric": "exactMatch", "of": 1, "from": 0, "value": 0.95, "interval": {"low": 0.91, "high": 0.98}},
              {"metric": "exactMatch", "of": 2, "from": 0, "value": 0.41, "interval": {"low": 0.33, "high": 0.49}},
              {"metric": "exactMatch", "of": 2, "from": 1, "value": -0.54, "interval": {"low": -0.62, "high": -0.46}},
              {"metric": "exactMatch", "of": 3, "from": 0, "value": 0.96, "interval": {"low": 0.92, "high": 0.99}},
              {"metric": "exactMatch", "of": 3, "from": 1, "value": 0.01, "interval": {"low": -0.01, "high": 0.04}},
              {"metric": "exactMatch", "of": 3, "from": 2, "value": 0.55, "interval": {"low": 0.47, "high": 0.63}}]}]}}
        """.formatted(RECORD, RECORD);

    @TempDir
    Path home;

    private Optional<ReportSettings.Price> recorded = Optional.empty();

    @Test
    void printsTheTableOfThePage() throws IOException {
        String printed = printed(RESULTS, "--price", "1.20");
        assertThat(DocPage.of("retrieval.md").blocks("text")).contains(printed);
        assertThat(printed).contains("Do       fine-tune", "about 1,062 more test rows would decide");
    }

    @Test
    void printsJson() throws IOException {
        JsonNode json = SpecJson.mapper().readTree(printed(RESULTS, "--json"));
        assertThat(json.path("recommendation").asText()).isEqualTo("fine-tune");
        assertThat(json.path("choice").asText()).isEqualTo("FINE_TUNE");
        assertThat(json.path("candidates").path(1).path("secondsMedian").asDouble())
                .isEqualTo(0.5);
        assertThat(json.path("candidates").path(3).has("secondsMedian")).isFalse();
        assertThat(json.path("candidates").path(1).has("costOf1000Answers")).isFalse();
        assertThat(json.path("steps")).hasSize(2);
    }

    @Test
    void saysWhatToAddToTheFile() {
        assertThatThrownBy(() -> printed("{\"scores\":[]}"))
                .isInstanceOfSatisfying(
                        CliProblem.class,
                        problem -> assertThat(problem.exitCode()).isEqualTo(ExitCode.NOT_FOUND))
                .hasMessage(
                        "watched has not been compared with retrieval: add `compare retrieval(rows: 5)` to `evaluate`"
                                + " in its file, and run it again; finished stages are reused");
        assertThatThrownBy(() -> printed(RESULTS, "--set", "gold"))
                .hasMessage("watched has no test set 'gold'; leave --set out");
        assertThatThrownBy(() -> printed(RESULTS, "--metric", "bleu")).hasMessageContaining("choose one of exactMatch");
    }

    /** The report of the run has a price when the operator set one. */
    @Test
    void takesThePriceThatTheReportRecords() throws IOException {
        recorded = Optional.of(new ReportSettings.Price(new BigDecimal("2.40"), "EUR"));

        assertThat(printed(RESULTS))
                .contains("0.3333", "Price    2.40 EUR an hour, which the report of the run records; --price sets");
        assertThat(printed(RESULTS, "--price", "1.20")).contains("0.1667").doesNotContain("EUR");
        JsonNode json = SpecJson.mapper().readTree(printed(RESULTS, "--json"));
        assertThat(json.path("recordedPricePerHour").asText()).isEqualTo("2.40 EUR");
        assertThat(json.path("candidates").path(1).path("costOf1000Answers").asDouble())
                .isCloseTo(1000 * 0.5 * 2.4 / 3600, within(1e-12));
    }

    private String printed(String results, String... options) throws IOException {
        Captured captured = new Captured(home);
        store(captured);
        RecommendCommand command = new RecommendCommand(captured.session());
        String[] words = new String[options.length + 1];
        words[0] = "watched";
        System.arraycopy(options, 0, words, 1, options.length);
        new CommandLine(command).parseArgs(words);
        command.print(results, recorded);
        return captured.out();
    }

    private static void store(Captured captured) throws IOException {
        LocalStore store = new LocalStore(captured.session().state().store());
        Fence fence = new Fence("test", 1);
        store.open(fence);
        store.putRecord(RECORD, "[0.6,0.4,0.5]", fence);
        store.release(fence);
    }
}
