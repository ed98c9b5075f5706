package dev.septet.activities.report;

import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.activities.evaluate.report.PageTemplate;
import dev.septet.activities.evaluate.report.ReportPage;
import dev.septet.activities.evaluate.report.SpecDiff;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.report.TrendChart;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import gg.jte.Content;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a run's report: {@code head.jte}. It stands before the sections of the evaluation, and alone on the page {@code
 * run.html}, which has no text of a row.
 *
 * @param sections tables of facts, such as the run, its stages and its data
 * @param compared what the changes are relative to; empty for a first version
 * @param changes what changed since then
 * @param trends metrics over the versions
 * @param link the run's page in the Web UI; null without one
 */
public record RunHead(
        String pipeline,
        Verdict verdict,
        List<Score> scores,
        List<FactSection> sections,
        String compared,
        List<SpecDiff.Change> changes,
        List<TrendChart> trends,
        @Nullable String link) {
    /** Name of the file with the head alone. */
    public static final String FRAGMENT = "head.html";

    /** Name of the file with the head as a page. */
    public static final String PAGE = "run.html";

    /** Name of the page of a run that published nothing, as trackers get it: without the failure's message. */
    public static final String TRACKED = "tracked.html";

    private static final String START = "<main>";

    public RunHead {
        scores = List.copyOf(scores);
        sections = List.copyOf(sections);
        changes = List.copyOf(changes);
        trends = List.copyOf(trends);
    }

    /** Inserts a head before the first section of an evaluation's page; a page of another structure stays unchanged. */
    public static String in(String page, String head) {
        int start = page.indexOf(START);
        return start < 0
                ? page
                : page.substring(0, start + START.length()) + "\n" + head + page.substring(start + START.length());
    }

    /** This head with other tables of facts. */
    RunHead with(List<FactSection> others) {
        return new RunHead(pipeline, verdict, scores, others, compared, changes, trends, link);
    }

    /** The head alone. */
    public String fragment() {
        return rendered("head.jte");
    }

    /** The head as a page; it has no script and loads nothing. */
    public String html() {
        return rendered("run.jte");
    }

    private String rendered(String template) {
        return PageTemplate.html(template, "head", this);
    }

    /** The verdict in words. */
    public String headline() {
        return ReportPage.words(verdict);
    }

    /** Each score in one line. */
    public List<SummaryLine> scoreLines() {
        return scores.stream()
                .map(score -> {
                    Double before = score.before();
                    return new SummaryLine(
                            score.metric(),
                            (before == null ? "" : Score.figures(before) + " → ")
                                    + Score.figures(score.after())
                                    + ", "
                                    + ReportPage.words(score.verdict()));
                })
                .toList();
    }

    /** A chart, which the template does not escape: it is escaped where it is made. */
    public static Content svg(TrendChart chart) {
        String svg = chart.svg();
        return output -> output.writeContent(svg);
    }
}
