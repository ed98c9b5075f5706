package dev.septet.activities.evaluate.rival;

import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.report.RivalTable;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The comparison with retrieval on the report page. */
public final class RivalTables {
    private RivalTables() {}

    /** One table for each set of rows. */
    public static List<RivalTable> of(RivalReport report) {
        List<RivalTable> tables = new ArrayList<>();
        for (RivalReport.Set set : report.sets()) {
            List<SummaryLine> facts = new ArrayList<>();
            set.prompts().forEach(prompts -> facts.add(prompts(prompts)));
            if (tables.isEmpty()) {
                report.methods().forEach(method -> facts.add(index(report, method)));
            }
            tables.add(new RivalTable(
                    "retrieval-" + (tables.size() + 1),
                    "Fine-tuning and retrieval" + (set.set().isEmpty() ? "" : ", test set " + set.set()),
                    set.metrics().stream().map(RivalReport.Measured::name).toList(),
                    set.candidates().stream().map(each -> line(set, each)).toList(),
                    facts));
        }
        return tables;
    }

    /** Such as {@code base model, retrieval by words}. */
    static String name(RivalReport.Choice choice, RetrievalSpec.@Nullable By by) {
        String model = switch (choice) {
            case NEITHER, RETRIEVE -> "base model";
            case FINE_TUNE, BOTH -> "tuned model";
        };
        return by == null ? model : "%s, retrieval by %s".formatted(model, word(by));
    }

    private static String word(RetrievalSpec.By by) {
        return by.name().toLowerCase(Locale.ROOT);
    }

    private static RivalTable.Line line(RivalReport.Set set, RivalReport.Candidate candidate) {
        List<RivalTable.Cell> scores = new ArrayList<>();
        for (RivalReport.Measured metric : set.metrics()) {
            RivalReport.Value value = Objects.requireNonNull(candidate.metrics().get(metric.name()));
            scores.add(new RivalTable.Cell(Figures.of(value.score()), Figures.of(value.interval())));
        }
        return new RivalTable.Line(
                name(candidate.choice(), candidate.by()),
                scores,
                Figures.of(candidate.promptTokens()),
                Figures.of(candidate.answerTokens()));
    }

    private static SummaryLine prompts(RivalReport.Prompts prompts) {
        return new SummaryLine(
                "prompts, retrieval by " + word(prompts.by()),
                String.format(
                        Locale.ROOT,
                        "%s rows on average; %,d prompts with fewer rows than were found, %,d without any; %,d rows were too long, %,d hold control tokens",
                        Figures.of(prompts.rows()),
                        prompts.fewer(),
                        prompts.without(),
                        prompts.tooLong(),
                        prompts.controlTokens()));
    }

    private static SummaryLine index(RivalReport report, RivalReport.Method method) {
        return new SummaryLine(
                "index by " + word(method.by()),
                String.format(
                        Locale.ROOT,
                        "%,d bytes, beside %,d bytes of %,d training rows",
                        method.indexBytes(),
                        report.rowBytes(),
                        report.trainRows()));
    }
}
