package dev.septet.workers.cli.review;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.metric.judged.HumanWinRate;
import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.evaluate.votes.RowVotes;
import dev.septet.activities.evaluate.votes.VoteFile;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What the votes on a run's answers say, as the metric {@code humanWinRate} measures it.
 *
 * @param sets for each set of rows
 */
record ReviewResult(List<OfSet> sets) {
    private static final String METRIC = "humanWinRate";

    /** The metric of one set, and its votes. */
    record OfSet(Measurement measured, JudgeReport report) {}

    /**
     * Measures.
     *
     * @param seed of the interval's resamples
     */
    static ReviewResult of(Map<String, List<AnswerPair>> pairs, VoteFile file, long seed) {
        List<OfSet> sets = new ArrayList<>();
        pairs.forEach((set, rows) -> {
            RowVotes votes = RowVotes.of(Gate.on(METRIC, set), set, rows, file);
            List<Outcome> outcomes = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                AnswerPair pair = rows.get(row);
                outcomes.add(new Outcome(
                        pair.prompt(),
                        "",
                        pair.answer(),
                        0,
                        0,
                        null,
                        AnswerFacts.NONE.voted(votes.scores().get(row).orElse(null))));
            }
            sets.add(new OfSet(
                    Measurement.of(new HumanWinRate(), null, outcomes, new Bootstrap(seed))
                            .on(set),
                    votes.report()));
        });
        return new ReviewResult(sets);
    }

    void print(Terminal terminal) {
        Grid grid = new Grid(
                        terminal.screen(),
                        "metric",
                        "value",
                        "95 % interval",
                        "wins",
                        "ties",
                        "losses",
                        "without a vote")
                .right(1, 3, 4, 5, 6);
        for (OfSet set : sets) {
            JudgeReport.Pairs pairs = Objects.requireNonNull(set.report().pairs());
            grid.row(
                    set.report().metric(),
                    Figures.of(set.measured().after()),
                    Figures.of(set.measured().interval()),
                    Integer.toString(pairs.wins()),
                    Integer.toString(pairs.ties()),
                    Integer.toString(pairs.losses()),
                    String.format(
                            Locale.ROOT,
                            "%d of %d",
                            set.report().unmeasured(),
                            set.report().rows()));
        }
        terminal.print(grid.text());
        for (OfSet set : sets) {
            JudgeReport report = set.report();
            JudgeReport.Pairs pairs = Objects.requireNonNull(report.pairs());
            JudgeReport.Votes votes = Objects.requireNonNull(report.votes());
            JudgeReport.Measure agreement = report.agreement();
            terminal.print(String.format(
                    Locale.ROOT,
                    "%s: %d votes of %d reviewers; %d votes are about other answers and do not count",
                    report.metric(),
                    votes.counted(),
                    report.judges().size(),
                    votes.others()));
            if (votes.counted() > 0) {
                terminal.print(
                        "  %s of the decided votes are for the left answer".formatted(Figures.of(pairs.first())));
            }
            if (agreement != null) {
                terminal.print(String.format(
                        Locale.ROOT,
                        "  agreement of the reviewers: %s %s on %d pairs",
                        agreement.name(),
                        Figures.of(agreement.value()),
                        agreement.items()));
            }
        }
    }

    String json() {
        ObjectNode root = SpecJson.mapper().createObjectNode();
        ArrayNode all = root.putArray("sets");
        for (OfSet set : sets) {
            ObjectNode node = all.addObject();
            node.put("metric", set.report().metric());
            node.put("value", set.measured().after());
            node.set("interval", SpecJson.mapper().valueToTree(set.measured().interval()));
            node.set("votes", SpecJson.mapper().valueToTree(set.report()));
        }
        return root.toPrettyString();
    }
}
