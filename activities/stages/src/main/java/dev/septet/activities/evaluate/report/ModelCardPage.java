package dev.septet.activities.evaluate.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The model card: {@code README.md} in Hugging Face's layout, with front matter. External texts are
 * quoted there, so that they can neither end the front matter nor add to it.
 *
 * @param baseModel name of the base model in its own files
 * @param adapter whether the tuned model is an adapter of it
 * @param hosted whether a service holds the tuned model, so that no library can load it
 * @param languages ISO 639 codes; may be empty
 * @param slices scores of slices; empty without them
 * @param training how the training was computed
 */
public record ModelCardPage(
        String pipeline,
        String licence,
        String baseModel,
        boolean adapter,
        boolean hosted,
        String dataset,
        List<String> languages,
        Verdict verdict,
        List<Score> scores,
        List<SliceSection> slices,
        List<SummaryLine> training,
        List<SummaryLine> data,
        List<SummaryLine> lineage) {
    /** Names of metrics on the Hugging Face Hub, where they differ from Septet's names. */
    private static final Map<String, String> HUB_NAMES = Map.of(
            "exactMatch", "exact_match",
            "rouge1", "rouge",
            "rouge2", "rouge",
            "rougeL", "rouge");

    public ModelCardPage {
        languages = List.copyOf(languages);
        scores = List.copyOf(scores);
        slices = List.copyOf(slices);
        training = List.copyOf(training);
        data = List.copyOf(data);
        lineage = List.copyOf(lineage);
    }

    /** The card's text. */
    public String markdown() {
        return frontMatter()
                + "\n# "
                + inline(pipeline)
                + "\n\n"
                + "Made by the Septet pipeline `%s`. Its gate says **%s**.\n\n"
                        .formatted(inline(pipeline), ReportPage.words(verdict))
                + "## Scores\n\n"
                + "| metric | before | after | 95 % of the change | rows | verdict | why |\n"
                + "| --- | ---: | ---: | ---: | ---: | --- | --- |\n"
                + scores.stream().map(ModelCardPage::row).collect(Collectors.joining())
                + slices.stream().map(ModelCardPage::table).collect(Collectors.joining())
                + list("Training", training)
                + list("Data", data)
                + list("Lineage", lineage);
    }

    private String frontMatter() {
        StringBuilder text = new StringBuilder("---\n");
        text.append("license: ").append(quoted(licence)).append('\n');
        text.append("base_model: ").append(quoted(baseModel)).append('\n');
        text.append("base_model_relation: ")
                .append(adapter ? "adapter" : "finetune")
                .append('\n');
        entries(text, "datasets", List.of(dataset));
        entries(text, "language", languages);
        if (!hosted) {
            text.append("library_name: ")
                    .append(adapter ? "peft" : "transformers")
                    .append('\n');
        }
        text.append("pipeline_tag: text-generation\n");
        entries(text, "metrics", hubMetrics());
        entries(text, "tags", adapter ? List.of("septet", "lora") : List.of("septet"));
        return text.append("---\n").toString();
    }

    private List<String> hubMetrics() {
        return scores.stream()
                .map(Score::metric)
                .filter(Gate::isOfTestSplit)
                .map(metric -> HUB_NAMES.getOrDefault(metric, metric))
                .distinct()
                .toList();
    }

    private static void entries(StringBuilder text, String name, List<String> values) {
        if (!values.isEmpty()) {
            text.append(name).append(":\n");
            values.forEach(value -> text.append("- ").append(quoted(value)).append('\n'));
        }
    }

    private static String row(Score score) {
        Double before = score.before();
        Double low = score.low();
        Double high = score.high();
        return "| %s | %s | %s | %s | %d | %s | %s |\n"
                .formatted(
                        score.metric(),
                        before == null ? "" : Figures.of(before),
                        Figures.of(score.after()),
                        low == null || high == null ? "" : Figures.change(low) + " to " + Figures.change(high),
                        score.rows(),
                        ReportPage.words(score.verdict()),
                        inline(score.why()));
    }

    private static String table(SliceSection section) {
        return "\n## %s\n\n%s\n\n".formatted(inline(section.title()), inline(section.note()))
                + "| slice | rows | before | after | 95 % of the score | than all rows | verdict |\n"
                + "| --- | ---: | ---: | ---: | ---: | ---: | --- |\n"
                + section.lines().stream()
                        .map(line -> "| %s | %d | %s | %s | %s | %s | %s |\n"
                                .formatted(
                                        inline(line.name()),
                                        line.rows(),
                                        line.before(),
                                        line.after(),
                                        line.interval(),
                                        line.gap(),
                                        line.verdict() == null ? "" : ReportPage.words(line.verdict())))
                        .collect(Collectors.joining());
    }

    private static String list(String title, List<SummaryLine> facts) {
        return facts.isEmpty()
                ? ""
                : "\n## %s\n\n".formatted(title)
                        + facts.stream()
                                .map(fact -> "* %s: `%s`\n".formatted(inline(fact.name()), inline(fact.value())))
                                .collect(Collectors.joining());
    }

    /** One line without Markdown or HTML markup. */
    private static String inline(String text) {
        return DisplayText.of(text, 400)
                .replaceAll("\\s+", " ")
                .replace('`', '\'')
                .replaceAll("[<>|\\[\\]*]", "\\\\$0");
    }

    /** A JSON string, which is also a YAML string. */
    private static String quoted(String text) {
        try {
            return SpecJson.mapper().writeValueAsString(DisplayText.of(text, 400));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every text can be written as JSON", e);
        }
    }
}
