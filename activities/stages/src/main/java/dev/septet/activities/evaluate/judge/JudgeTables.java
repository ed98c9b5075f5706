package dev.septet.activities.evaluate.judge;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.report.ReportPage;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.SpecJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What judges did, in {@code results.json}, on the report page and in the model card. */
public record JudgeTables(List<JudgeReport> reports) {
    /** Adds {@code judges} to {@code results.json}; nothing where there are none. */
    public void write(ObjectNode root) {
        if (!reports.isEmpty()) {
            ArrayNode all = root.putArray("judges");
            reports.forEach(report -> all.add(SpecJson.mapper().<ObjectNode>valueToTree(report)));
        }
    }

    /** The tables of the report page. */
    public List<ReportPage.FactTable> pages() {
        return reports.stream()
                .map(report -> new ReportPage.FactTable(
                        "judges-" + report.metric().replace(' ', '-'),
                        (report.votes() == null ? "Judges of " : "Votes of ") + report.metric(),
                        lines(report)))
                .toList();
    }

    /** The judges, for the model card. */
    public List<SummaryLine> facts() {
        List<SummaryLine> facts = new ArrayList<>();
        for (JudgeReport report : reports) {
            JudgeReport.Votes votes = report.votes();
            if (votes != null) { // a card may be published, so it has no pseudonyms
                facts.add(new SummaryLine(
                        "votes of " + report.metric(),
                        String.format(
                                Locale.ROOT,
                                "%d of %d people on a sample of %d rows",
                                votes.counted(),
                                report.judges().size(),
                                votes.sampled())));
                continue;
            }
            for (JudgeReport.OfJudge judge : report.judges()) {
                facts.add(new SummaryLine("judge of " + report.metric(), judge.by() + named(judge)));
            }
        }
        return facts;
    }

    private static String named(JudgeReport.OfJudge judge) {
        return judge.models().isEmpty()
                ? ""
                : ", answered as " + String.join(" and ", new TreeMap<>(judge.models()).keySet());
    }

    private static List<SummaryLine> lines(JudgeReport report) {
        List<SummaryLine> lines = new ArrayList<>();
        for (JudgeReport.OfJudge judge : report.judges()) {
            String note = judge.note();
            lines.add(new SummaryLine(
                    judge.by(),
                    String.format(
                            Locale.ROOT,
                            "%d verdicts%s%s%s",
                            judge.verdicts(),
                            judge.missing().isEmpty() ? "" : "; none: " + counts(judge.missing()),
                            named(judge),
                            note == null ? "" : "; " + note)));
        }
        JudgeReport.Votes votes = report.votes();
        lines.add(new SummaryLine(
                (report.sentences() == null ? "rows" : "sentences")
                        + " without a "
                        + (votes == null ? "verdict" : "vote"),
                String.format(
                        Locale.ROOT,
                        "%d of %d%s",
                        report.unmeasured(),
                        report.rows(),
                        votes == null || votes.rows() == votes.sampled()
                                ? ""
                                : String.format(Locale.ROOT, ", a sample of %d", votes.rows()))));
        JudgeReport.Sentences sentences = report.sentences();
        if (sentences != null) {
            lines.add(new SummaryLine(
                    "sentences",
                    String.format(
                            Locale.ROOT,
                            "%d supported, %d not mentioned, %d contradicted",
                            sentences.supported(),
                            sentences.notMentioned(),
                            sentences.contradicted())));
        }
        JudgeReport.Pairs pairs = report.pairs();
        if (pairs != null) {
            lines.add(new SummaryLine(
                    "comparisons",
                    String.format(
                            Locale.ROOT,
                            "%d wins, %d ties (%d of equal answers), %d losses",
                            pairs.wins(),
                            pairs.ties(),
                            pairs.equal(),
                            pairs.losses())));
            lines.add(new SummaryLine(
                    "bias for a place",
                    (report.votes() == null
                                    ? "%s of the decided verdicts are for the first answer; %d verdicts changed with"
                                            + " the order"
                                    : "%s of the decided votes are for the first answer")
                            .formatted(Figures.of(pairs.first()), pairs.contradictory())));
        }
        JudgeReport.Measure agreement = report.agreement();
        if (agreement != null) {
            lines.add(
                    new SummaryLine("agreement of the " + (votes == null ? "judges" : "reviewers"), words(agreement)));
        }
        List<JudgeReport.Measure> people = report.people();
        for (int at = 0; people != null && at < people.size(); at++) {
            lines.add(new SummaryLine(
                    "agreement with people, " + report.judges().get(at).by(), words(people.get(at))));
        }
        if (votes != null) {
            lines.add(new SummaryLine(
                    "votes",
                    String.format(
                            Locale.ROOT,
                            "%d on these answers, %d on others, which do not count",
                            votes.counted(),
                            votes.others())));
            return lines;
        }
        lines.add(new SummaryLine(
                "used",
                report.cost() == 0
                        ? String.format(Locale.ROOT, "%,d tokens", report.tokens())
                        : String.format(Locale.ROOT, "%,d tokens for %s", report.tokens(), Figures.of(report.cost()))));
        report.changed().forEach(change -> lines.add(new SummaryLine("changed since the last version", change)));
        return lines;
    }

    private static String words(JudgeReport.Measure measure) {
        return String.format(
                Locale.ROOT,
                "%s %s, %s of %d verdicts equal",
                measure.name(),
                Figures.of(measure.value()),
                Figures.of(measure.equal()),
                measure.items());
    }

    private static String counts(Map<String, Integer> counts) {
        return new TreeMap<>(counts)
                .entrySet().stream()
                        .map(count -> count.getKey() + " " + count.getValue())
                        .collect(Collectors.joining(", "));
    }
}
