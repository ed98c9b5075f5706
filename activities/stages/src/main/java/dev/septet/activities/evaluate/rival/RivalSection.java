package dev.septet.activities.evaluate.rival;

import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The comparison with retrieval on the report page. */
final class RivalSection {
    private RivalSection() {}

    /** One section for each set. */
    static List<FactSection> of(RivalReport report) {
        List<FactSection> sections = new ArrayList<>();
        for (RivalReport.Set set : report.sets()) {
            List<SummaryLine> facts = new ArrayList<>();
            for (RivalReport.Candidate candidate : set.candidates()) {
                facts.add(new SummaryLine(name(candidate.choice(), candidate.by()), words(set, candidate)));
            }
            for (RivalReport.Prompts prompts : set.prompts()) {
                facts.add(new SummaryLine(
                        "prompts by " + word(prompts.by()),
                        "%s rows in a prompt on average; %,d prompts have fewer rows than were found, %,d have none"
                                .formatted(Figures.of(prompts.rows()), prompts.fewer(), prompts.without())));
            }
            if (sections.isEmpty()) {
                for (RivalReport.Method method : report.methods()) {
                    facts.add(new SummaryLine(
                            "index by " + word(method.by()),
                            "%,d bytes, beside %,d bytes of %,d training rows"
                                    .formatted(method.indexBytes(), report.rowBytes(), report.trainRows())));
                }
            }
            sections.add(new FactSection(
                    "retrieval" + (sections.isEmpty() ? "" : "-" + sections.size()),
                    "Fine-tuning and retrieval" + (set.set().isEmpty() ? "" : " on " + set.set()),
                    facts));
        }
        return sections;
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

    private static String words(RivalReport.Set set, RivalReport.Candidate candidate) {
        StringBuilder words = new StringBuilder();
        for (RivalReport.Measured metric : set.metrics()) {
            RivalReport.Value value = Objects.requireNonNull(candidate.metrics().get(metric.name()));
            words.append("%s %s (95 %% interval %s); "
                    .formatted(metric.name(), Figures.of(value.score()), Figures.of(value.interval())));
        }
        return words.append("%s prompt tokens and %s answer tokens on average, %,d rows"
                        .formatted(
                                Figures.of(candidate.promptTokens()), Figures.of(candidate.answerTokens()), set.rows()))
                .toString();
    }
}
