package dev.septet.activities.evaluate.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.dsl.pipeline.CardSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
 * @param terms intended use, limits, hyper-parameters and licences
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
        List<SummaryLine> lineage,
        Terms terms) {
    /**
     * What users of the model must know.
     *
     * @param card texts of the pipeline file; null without any
     * @param hyperParameters settings of the training; empty when they are not known
     * @param licences licence of each source of rows
     * @param testRows rows of the test split that were scored
     */
    public record Terms(
            @Nullable CardSpec card, List<SummaryLine> hyperParameters, List<SummaryLine> licences, long testRows) {
        public Terms {
            hyperParameters = List.copyOf(hyperParameters);
            licences = List.copyOf(licences);
        }
    }

    private static final String UNDECLARED = "The pipeline file does not declare it (`card %s: '...'`).";

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
        CardSpec card = terms.card();
        return frontMatter()
                + "\n# "
                + inline(pipeline)
                + "\n\n"
                + "Made by the Septet pipeline `%s`. Its gate says **%s**.\n\n"
                        .formatted(inline(pipeline), ReportPage.words(verdict))
                + paragraph("Intended use", card == null ? null : card.intendedUse(), "intendedUse")
                + paragraph("Limits", card == null ? null : card.limits(), "limits")
                + String.format(
                        Locale.ROOT,
                        "The scores are about rows like the %d test rows of this pipeline. Other tasks, languages and users were not measured, unless this card names them.\n",
                        terms.testRows())
                + "\n## Scores\n\n"
                + "| metric | before | after | 95 % of the change | rows | verdict | why |\n"
                + "| --- | ---: | ---: | ---: | ---: | --- | --- |\n"
                + scores.stream().map(ModelCardPage::row).collect(Collectors.joining())
                + slices.stream().map(ModelCardPage::table).collect(Collectors.joining())
                + list("Hyper-parameters", terms.hyperParameters())
                + list("Training", training)
                + list("Licences of the data", terms.licences())
                + "\n"
                + "## Environmental cost\n\n"
                + "It differs between runs with equal results, so it is not in this file. The report of the run has"
                + " the duration, and an estimate of the energy where the operator declares the power of the"
                + " machine.\n"
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
        modelIndex(text);
        return text.append("---\n").toString();
    }

    /** The scores in the form that the Hugging Face Hub reads; it has no missing or infinite values. */
    private void modelIndex(StringBuilder text) {
        List<Score> shown = scores.stream()
                .filter(score -> Gate.isOfTestSplit(score.metric()) && Double.isFinite(score.after()))
                .toList();
        if (shown.isEmpty()) {
            return;
        }
        text.append("model-index:\n- name: ").append(quoted(pipeline)).append('\n');
        text.append("  results:\n  - task:\n      type: text-generation\n");
        text.append("    dataset:\n      type: ").append(quoted(dataset)).append('\n');
        text.append("      name: ").append(quoted(pipeline + ", test split")).append('\n');
        text.append("      split: test\n    metrics:\n");
        for (Score score : shown) {
            text.append("    - type: ")
                    .append(quoted(HUB_NAMES.getOrDefault(score.metric(), score.metric())))
                    .append("\n      name: ")
                    .append(quoted(score.metric()))
                    .append("\n      value: ")
                    .append(number(score.after()))
                    .append('\n');
        }
    }

    /** PyYAML reads an exponent without a sign as a text. */
    private static String number(double value) {
        return Double.toString(value).replaceFirst("E(?=[0-9])", "E+");
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
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %d | %s | %s |\n",
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
                        .map(line -> String.format(
                                Locale.ROOT,
                                "| %s | %d | %s | %s | %s | %s | %s |\n",
                                inline(line.name()),
                                line.rows(),
                                line.before(),
                                line.after(),
                                line.interval(),
                                line.gap(),
                                line.verdict() == null ? "" : ReportPage.words(line.verdict())))
                        .collect(Collectors.joining());
    }

    private static String paragraph(String title, @Nullable String text, String option) {
        return "## %s\n\n%s\n\n"
                .formatted(
                        title,
                        text == null
                                ? UNDECLARED.formatted(option)
                                : inline(DisplayText.of(text, CardSpec.MAX), CardSpec.MAX));
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
        return inline(text, 400);
    }

    private static String inline(String text, int max) {
        return DisplayText.of(text, max)
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
