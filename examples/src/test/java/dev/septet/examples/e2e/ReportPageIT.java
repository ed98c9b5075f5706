package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.comparison.ComparedRun;
import dev.septet.activities.evaluate.comparison.ComparisonPage;
import dev.septet.activities.evaluate.comparison.ResultsFile;
import dev.septet.activities.evaluate.comparison.RunComparison;
import dev.septet.activities.evaluate.report.BarTable;
import dev.septet.activities.evaluate.report.DataPage;
import dev.septet.activities.evaluate.report.ExamSections;
import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.activities.evaluate.report.LossCurve;
import dev.septet.activities.evaluate.report.ReportPage;
import dev.septet.activities.evaluate.report.Sample;
import dev.septet.activities.evaluate.report.SpecDiff;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.report.TrendChart;
import dev.septet.activities.prepare.DataView;
import dev.septet.activities.report.RunHead;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report page in a real browser, with texts that try to break it. */
class ReportPageIT {
    private static final String LONG = "unbreakable".repeat(60);

    @TempDir
    static Path folder;

    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.open();
    }

    @AfterAll
    static void stop() {
        browser.close();
    }

    @Test
    void fitsEveryScreenAndCanBeReadWhateverItsTexts() throws IOException {
        show(page(Verdict.NO_GO, List.of(new Sample("data.jsonl:1", LONG, LONG, LONG, LONG))));

        Looks.good(browser, "report-hostile");
        assertThat(browser.text()).contains("No go", "Still wrong", "DIGEST OF EVERYTHING");
    }

    @Test
    void fitsEveryScreenInEveryVerdict() throws IOException {
        for (Verdict verdict : Verdict.values()) {
            show(page(verdict, List.of(new Sample("data.jsonl:1", "Hi", "Ho", "?", "Ho"))));

            Looks.good(browser, "report-" + verdict.name());
        }
    }

    /** The data page shows rows, which may have any text, in any length, with or without spaces. */
    @Test
    void theDataPageFitsEveryScreenWhateverItsRows() throws IOException {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("read", 12_345_678L);
        counts.put(LONG, 3L);
        List<BarTable.Bar> bars = new ArrayList<>();
        counts.forEach((name, count) -> bars.add(new BarTable.Bar(name, count, "1,234 removed", count / 12_345_678.0)));
        BarTable table =
                new BarTable("funnel", "From the sources to the splits", "Rows after each step.", "rows", bars);
        DataView.ShownRow row = new DataView.ShownRow(
                "data/" + "x".repeat(90) + ".jsonl:123456",
                4096,
                17,
                List.of(
                        new DataView.Part("<|user|>\n" + LONG, false),
                        new DataView.Part("billing\n</mark><script>alert(1)</script>", true),
                        new DataView.Part("<|end|>", false)));
        DataPage page = new DataPage(
                "support-" + "x".repeat(56),
                List.of(table, new BarTable("lengths", "Lengths", "", "rows", bars)),
                List.of(new DataPage.Group("random", "Rows at random", "Chosen with seed 1.", List.of(row, row))));
        Path file = folder.resolve("data.html");
        Files.writeString(file, page.html());
        browser.visit(file.toUri());

        Looks.good(browser, "data");
        assertThat(browser.text()).contains("Rows at random", "LEARNED", "<script>alert(1)</script>");
    }

    /** The page that a run leaves, with its changes, its trend and the link. */
    @Test
    void theRunPageFitsEveryScreen() throws IOException {
        Path file = folder.resolve("run.html");
        Files.writeString(file, run().html());
        browser.visit(file.toUri());

        Looks.good(browser, "run");
        assertThat(browser.text()).contains("started by", "What changed", "Trend over versions");
    }

    /** What an auditor prints: every page complete, in light colours, with the addresses of links. */
    @Test
    void printsToPaperWithoutCuttingAnything() throws IOException {
        String report = page(Verdict.NO_GO, List.of(new Sample("data.jsonl:1", LONG, LONG, LONG, LONG)))
                .html();
        Path file = folder.resolve("printed.html");
        Files.writeString(file, RunHead.in(report, run().fragment()));
        browser.visit(file.toUri()).show(Browser.LAPTOP, true);

        PrintedPages printed = PrintedPages.of(browser, "report");

        assertThat(printed.count()).isPositive();
        assertThat(printed.text())
                .contains("No go", "DIGEST OF EVERYTHING", "Trend over versions")
                .contains("https://temporal.example/namespaces/default");
        assertThat(printed.beyondTheMargin()).isEmpty();
        assertThat(printed.smallest()).isGreaterThan(5);
        assertThat(printed.darkest()).as("the paper is white").isZero();
    }

    private static RunHead run() {
        List<TrendChart.Point> points = new ArrayList<>();
        for (int version = 0; version < 6; version++) {
            points.add(new TrendChart.Point(
                    "version-" + version,
                    "2026-11-0" + (version + 1),
                    version % 2 == 0,
                    0.5 + version / 20.0,
                    0.45 + version / 20.0,
                    0.55 + version / 20.0));
        }
        return new RunHead(
                "support-" + "x".repeat(56),
                Verdict.NO_GO,
                List.of(new Score("exactMatch", 0.1, 0.9, 0.7, 0.9, 148, Verdict.GO, "above 0.9")),
                List.of(
                        new FactSection(
                                "run",
                                "Run",
                                List.of(
                                        new SummaryLine("started by", "the schedule nightly"),
                                        new SummaryLine("run id", "3f".repeat(32)),
                                        new SummaryLine(LONG, LONG))),
                        new FactSection(
                                "cost", "Duration and cost", List.of(new SummaryLine("cost", "no price given")))),
                "Compared with version 3f3f3f3f3f3f of 2026-11-01 02:00:00 UTC, run 3f.",
                List.of(
                        new SpecDiff.Change("train.learningRate.peak", "1.0E-4", "3.0E-4"),
                        new SpecDiff.Change(LONG, LONG, LONG)),
                List.of(new TrendChart("trend-0", "exactMatch", points)),
                "https://temporal.example/namespaces/default/workflows/support/3f");
    }

    /** Ten runs whose names, metrics, reasons and settings are as long and as hostile as they can be. */
    @Test
    void theComparisonFitsEveryScreenWhateverItsTexts() throws IOException {
        List<ComparedRun> runs = new ArrayList<>();
        for (int run = 0; run < RunComparison.MOST_RUNS; run++) {
            ObjectNode results = SpecJson.mapper().createObjectNode();
            results.put("version", 1).put("verdict", (run % 2 == 0 ? Verdict.GO : Verdict.NO_GO).name());
            results.putObject("lineage").put("dataset", "3f".repeat(32)).put("base model", LONG);
            ArrayNode scores = results.putArray("scores");
            for (String metric : List.of("exactMatch", "loss", "</script><script>alert(1)</script>" + LONG)) {
                ObjectNode score = scores.addObject();
                score.put("metric", metric).put("after", run / 10.0).put("rows", 200 + run);
                score.put("verdict", "NO_GO").put("why", LONG);
                score.putObject("interval").put("low", run / 10.0 - 0.01).put("high", run / 10.0 + 0.01);
            }
            JsonNode spec =
                    SpecJson.mapper().createObjectNode().put("epochs", run).put(LONG, LONG + run);
            runs.add(new ComparedRun(
                    run + LONG,
                    LONG,
                    ResultsFile.of(results, LONG),
                    null,
                    spec,
                    List.of(new SummaryLine("size of the export", run + 1 + ".5 MB"))));
        }
        RunComparison two = RunComparison.of(runs.subList(0, 2), 1);
        RunComparison ten = RunComparison.of(runs, 0);
        for (RunComparison comparison : List.of(two, ten)) {
            Path file = folder.resolve("comparison.html");
            Files.writeString(file, new ComparisonPage(comparison, null).html());
            browser.visit(file.toUri());

            Looks.good(browser, "comparison-" + comparison.runs().size());
            assertThat(browser.text()).contains("Differences from", "Values over cost", "epochs", "alert(1)");
        }
    }

    /** The measuring itself: a page that is too wide and too faint is said to be. */
    @Test
    void aBadPageIsFoundOut() throws IOException {
        Path bad = folder.resolve("bad.html");
        Files.writeString(bad, """
            <!DOCTYPE html><meta name=viewport content="width=device-width">
            <p style="width:800px">fine</p><p style="color:#999">faint</p>
            <p style="color:#000"><span style="opacity:.3">thin</span></p>
            <p style="display:none;color:#fff">hidden</p>
            """);
        browser.visit(bad.toUri()).show(Browser.PHONE, false);

        assertThat(browser.overflow()).isBetween(400L, 450L);
        assertThat(browser.faint(Browser.READABLE)).containsExactly("2.85 faint", "2.11 thin");
        browser.show(Browser.LAPTOP, false);
        assertThat(browser.overflow()).isZero();
    }

    private static void show(ReportPage page) throws IOException {
        Path file = folder.resolve("report.html");
        Files.writeString(file, page.html());
        browser.visit(file.toUri());
    }

    private static ReportPage page(Verdict verdict, List<Sample> samples) throws IOException {
        Path ledger = folder.resolve("ledger.jsonl");
        StringBuilder lines = new StringBuilder();
        for (int step = 1; step <= 200; step++) {
            lines.append(String.format(
                    Locale.ROOT,
                    "{\"step\":%d,\"loss\":%s,\"validationLoss\":%s,\"learningRate\":1e-4,\"gradientNorm\":0.5}\n",
                    step,
                    5.0 / step,
                    6.0 / step));
        }
        Files.writeString(ledger, lines);
        List<Score> scores = List.of(
                new Score("exactMatch", 0.1, 0.9, 0.7, 0.9, 148, Verdict.GO, "above 0.9"),
                new Score("toolCallMatch", null, 123456.789, null, null, 1, verdict, LONG));
        return new ReportPage(
                "support-" + "x".repeat(56),
                verdict,
                scores,
                LossCurve.read(ledger),
                samples,
                samples,
                List.of(new SummaryLine("Rows", "1,200"), new SummaryLine(LONG, LONG)),
                List.of(new SummaryLine("e-mail addresses", "12")),
                List.of(new SummaryLine("suite", "general.jsonl")),
                ExamSections.NONE,
                List.of(new SummaryLine("unsafe answers, S2: Non-Violent Crimes", "3"), new SummaryLine(LONG, LONG)),
                List.of(new SummaryLine("DIGEST OF EVERYTHING", "3f".repeat(32))));
    }
}
