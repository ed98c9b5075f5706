package dev.septet.workers.cli.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.rival.Recommendation;
import dev.septet.activities.evaluate.rival.RivalReport;
import dev.septet.activities.report.ReportSettings;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliTexts;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.cli.screen.Screen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A recommendation with its numbers.
 *
 * @param seconds measured seconds of each candidate's answers, one at a time; an empty list where there are none
 * @param stated price of an hour of the machine that the user stated; null when none was stated
 * @param recorded price of an hour of a machine in the report of the run, which counts where none was stated; null when there
 *     is none
 */
record RecommendationText(
        RivalReport report,
        RivalReport.Set set,
        Recommendation recommendation,
        List<List<Double>> seconds,
        @Nullable Double stated,
        ReportSettings.@Nullable Price recorded) {
    RecommendationText {
        seconds = List.copyOf(seconds);
    }

    List<String> lines(Screen screen) {
        List<String> lines = new ArrayList<>();
        Grid scores = new Grid(screen, "candidate", recommendation.metric(), "95 %").right(1, 2);
        Grid costs = new Grid(screen, costs().toArray(String[]::new)).right(1, 2, 3, 4, 5);
        for (int at = 0; at < set.candidates().size(); at++) {
            scores.row(scores(at).toArray(String[]::new));
            costs.row(costs(at).toArray(String[]::new));
        }
        lines.add(scores.text());
        lines.add("");
        lines.add(costs.text());
        lines.add("");
        for (RivalReport.Method method : report.methods()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "Index    by %s: %,d bytes, beside %,d bytes of %,d training rows",
                    method.by().name().toLowerCase(Locale.ROOT),
                    method.indexBytes(),
                    report.rowBytes(),
                    report.trainRows()));
        }
        if (stated == null && recorded != null) {
            lines.add("Price    %s an hour, which the report of the run records; --price sets another"
                    .formatted(recorded));
        }
        lines.add("Do       " + recommendation.words());
        lines.add("Because  " + recommendation.why());
        Long more = recommendation.moreRows();
        if (more != null) {
            lines.add(String.format(Locale.ROOT, "Rows     about %,d more test rows would decide", more));
        }
        return lines;
    }

    private List<String> scores(int at) {
        RivalReport.Candidate candidate = set.candidates().get(at);
        RivalReport.Value value = Objects.requireNonNull(candidate.metrics().get(recommendation.metric()));
        return List.of(
                label(candidate),
                CliTexts.score(value.score()),
                String.format(
                        Locale.ROOT,
                        "%.4f .. %.4f",
                        value.interval().low(),
                        value.interval().high()));
    }

    /** The columns of costs: tokens, seconds, and money for 1000 answers. */
    private List<String> costs() {
        List<String> header = new ArrayList<>(List.of("candidate", "prompt", "answer", "s least", "s median"));
        if (price() != null) {
            header.add("per 1000");
        }
        return header;
    }

    private List<String> costs(int at) {
        RivalReport.Candidate candidate = set.candidates().get(at);
        List<String> cells = new ArrayList<>(List.of(
                label(candidate),
                number(candidate.promptTokens(), "%.1f"),
                number(candidate.answerTokens(), "%.1f"),
                number(Recommendation.least(seconds.get(at)), "%.3f"),
                number(Recommendation.median(seconds.get(at)), "%.3f")));
        if (price() != null) {
            cells.add(number(money(at), "%.4f"));
        }
        return cells;
    }

    /** Short enough for a table of 80 columns. */
    private static String label(RivalReport.Candidate candidate) {
        return Recommendation.name(candidate).replace(" model", "");
    }

    ObjectNode json() {
        ObjectNode root = SpecJson.mapper().valueToTree(recommendation);
        root.put("recommendation", recommendation.words());
        ArrayNode candidates = root.putArray("candidates");
        for (int at = 0; at < set.candidates().size(); at++) {
            ObjectNode node = SpecJson.mapper().valueToTree(set.candidates().get(at));
            node.put("name", Recommendation.name(set.candidates().get(at)));
            node.remove("seconds");
            put(node, "secondsLeast", Recommendation.least(seconds.get(at)));
            put(node, "secondsMedian", Recommendation.median(seconds.get(at)));
            put(node, "costOf1000Answers", money(at));
            candidates.add(node);
        }
        root.set("methods", SpecJson.mapper().valueToTree(report.methods()));
        if (stated == null && recorded != null) {
            root.put("recordedPricePerHour", recorded.toString());
        }
        root.put("trainRows", report.trainRows());
        root.put("rowBytes", report.rowBytes());
        return root;
    }

    private static void put(ObjectNode node, String name, double value) {
        if (!Double.isNaN(value)) {
            node.put(name, value);
        }
    }

    /** The machine's price of 1000 answers, one at a time; NaN when it is not known. */
    private double money(int at) {
        Double perHour = price();
        return perHour == null ? Double.NaN : 1000 * Recommendation.median(seconds.get(at)) * perHour / 3600;
    }

    /** The price of an hour; null when it is not known. */
    private @Nullable Double price() {
        return stated == null && recorded != null
                ? Double.valueOf(recorded.amount().doubleValue())
                : stated;
    }

    private static String number(double value, String form) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, form, value);
    }
}
