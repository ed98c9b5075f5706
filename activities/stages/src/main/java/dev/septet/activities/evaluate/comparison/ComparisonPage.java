package dev.septet.activities.evaluate.comparison;

import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.report.IntervalPlot;
import dev.septet.activities.evaluate.report.PageTemplate;
import dev.septet.activities.evaluate.report.ScatterPlot;
import dev.septet.activities.evaluate.report.SvgText;
import gg.jte.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A comparison as a page for browsers; {@code comparison.jte} is its template. It has no script and loads nothing.
 *
 * @param against name of a fact with a number for each run, over which values are drawn; null = the first cost, size or time
 */
public record ComparisonPage(
        RunComparison comparison, @Nullable String against) {
    /** More charts make a page that nobody reads; the tables have all values. */
    private static final int MOST_CHARTS = 40;

    private static final int MOST_SCATTERS = 6;
    private static final List<String> COSTS = List.of("cost", "size of the export", "took", "size of the trained");

    /**
     * @throws ComparisonProblem when {@code against} is no fact with numbers of two runs
     */
    public ComparisonPage {
        if (against != null && fact(comparison, against) == null) {
            throw new ComparisonProblem("no fact '%s' has a number for two runs; there is %s"
                    .formatted(
                            against,
                            String.join(
                                    ", ",
                                    comparison.facts().stream()
                                            .filter(ComparisonPage::drawable)
                                            .map(RunComparison.Fact::name)
                                            .toList())));
        }
    }

    /** The complete page. */
    public String html() {
        return PageTemplate.html("comparison.jte", "page", this);
    }

    /** The name of a run with its letter. */
    public String named(int run) {
        return ComparisonWords.letter(run) + ", " + comparison.runs().get(run).name();
    }

    /** Values with their intervals, one chart for each measure that two runs have. */
    public List<Content> intervals() {
        List<Content> charts = new ArrayList<>();
        for (RunComparison.Line line : comparison.rows()) {
            List<IntervalPlot.Mark> marks = new ArrayList<>();
            for (int run = 0; run < line.values().size(); run++) {
                MeasuredValue value = line.values().get(run);
                if (value != null && comparable(line, run)) {
                    Interval interval = value.interval();
                    marks.add(new IntervalPlot.Mark(
                            ComparisonWords.letter(run),
                            value.value(),
                            interval == null ? Double.NaN : interval.low(),
                            interval == null ? Double.NaN : interval.high(),
                            Integer.valueOf(run).equals(line.best())));
                }
            }
            IntervalPlot plot = new IntervalPlot("interval-" + charts.size(), ComparisonWords.title(line), marks);
            if (!plot.empty() && charts.size() < MOST_CHARTS) {
                charts.add(figure(plot.title(), "", plot.svg()));
            }
        }
        return charts;
    }

    /** The first metrics over a cost, a size or a time. */
    public List<Content> scatters() {
        RunComparison.Fact cost = cost();
        List<Content> charts = new ArrayList<>();
        for (RunComparison.Line line : cost == null ? List.<RunComparison.Line>of() : comparison.rows()) {
            List<ScatterPlot.Point> points = new ArrayList<>();
            Boolean lower = null;
            for (int run = 0; run < line.values().size(); run++) {
                MeasuredValue value = line.values().get(run);
                if (value != null && comparable(line, run)) {
                    lower = value.lowerIsBetter() == null ? lower : value.lowerIsBetter();
                    points.add(new ScatterPlot.Point(
                            ComparisonWords.letter(run),
                            FactNumber.of(Objects.requireNonNull(cost).values().get(run)),
                            value.value()));
                }
            }
            if (lower != null && charts.size() < MOST_SCATTERS) {
                ScatterPlot plot = new ScatterPlot(
                        "pareto-" + charts.size(),
                        ComparisonWords.title(line),
                        Objects.requireNonNull(cost).name(),
                        lower,
                        points);
                if (!plot.empty()) {
                    charts.add(figure(plot.title(), "over " + plot.across(), plot.svg()));
                }
            }
        }
        return charts;
    }

    private static Content figure(String title, String unit, String svg) {
        return output -> {
            output.writeContent("<figure><figcaption><strong>");
            output.writeContent(SvgText.escaped(title));
            output.writeContent("</strong> <span class=\"muted\">");
            output.writeContent(SvgText.escaped(unit));
            output.writeContent("</span></figcaption>");
            output.writeContent(svg);
            output.writeContent("</figure>");
        };
    }

    /** Whether a run's value is on the scale of the baseline's. */
    private boolean comparable(RunComparison.Line line, int run) {
        return run == comparison.baseline()
                || line.contrasts().stream().anyMatch(each -> each.second() == run && each.comparable());
    }

    private RunComparison.@Nullable Fact cost() {
        if (against != null) {
            return fact(comparison, against);
        }
        for (String word : COSTS) {
            for (RunComparison.Fact fact : comparison.facts()) {
                if (fact.name().toLowerCase(Locale.ROOT).contains(word) && drawable(fact) && fact.differs()) {
                    return fact;
                }
            }
        }
        return null;
    }

    private static RunComparison.@Nullable Fact fact(RunComparison comparison, String name) {
        return comparison.facts().stream()
                .filter(fact -> fact.name().equals(name) && drawable(fact))
                .findFirst()
                .orElse(null);
    }

    private static boolean drawable(RunComparison.Fact fact) {
        return fact.values().stream()
                        .filter(value -> !Double.isNaN(FactNumber.of(value)))
                        .count()
                >= 2;
    }
}
