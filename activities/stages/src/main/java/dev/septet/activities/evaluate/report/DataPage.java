package dev.septet.activities.evaluate.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.prepare.DataView;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The content of the data page; {@code data.jte} is its template. The page shows texts of rows, so it is a file of its own
 * beside the report.
 *
 * @param pipeline name of the pipeline
 * @param tables numbers of rows: the funnel, lengths, languages, labels, sources
 * @param groups rows as the model reads them
 */
public record DataPage(String pipeline, List<BarTable> tables, List<Group> groups) {
    /** Name of its file beside the report. */
    public static final String FILE = "data.html";

    /** Number of rows that are shown at random. */
    private static final int ROWS = 20;

    private static final long SEED = 1;

    /** Length limit of a row on the page, in characters. */
    private static final int MAX_TEXT = 2000;

    /** The counts of the card's rows, in the order of the steps, with what the page calls a step. */
    static final Map<String, String> STEPS = steps();

    public DataPage {
        tables = List.copyOf(tables);
        groups = List.copyOf(groups);
    }

    /** Rows with a heading. */
    public record Group(String id, String title, String note, List<DataView.ShownRow> rows) {
        public Group {
            rows = List.copyOf(rows);
        }
    }

    private static Map<String, String> steps() {
        Map<String, String> steps = new LinkedHashMap<>();
        steps.put("quarantined", "in quarantine, because it cannot be read");
        steps.put("forgotten", "forgotten on request");
        steps.put("filtered", "left out by a filter");
        steps.put("unlabelled", "without a label");
        steps.put("withoutConsent", "without consent");
        steps.put("lowQuality", "of low quality");
        steps.put("dropped", "dropped with personal data");
        steps.put("droppedLong", "dropped as too long");
        steps.put("duplicates", "duplicates");
        steps.put("contaminated", "also in a test");
        steps.put("nearDuplicates", "near-duplicates");
        return steps;
    }

    /**
     * The page of a prepared dataset.
     *
     * @param dataset folder of the dataset
     * @param model folder of the base model, whose tokenizer gives the texts of the rows
     */
    public static DataPage of(String pipeline, Path dataset, Path model) throws IOException {
        JsonNode card = DataCard.read(dataset.resolve(DatasetCard.FILE)).root();
        List<BarTable> tables = new ArrayList<>();
        funnel(card, tables);
        RowSurvey survey = new RowSurvey();
        List<Group> groups = new ArrayList<>();
        if (Files.isRegularFile(dataset.resolve("train.jsonl"))
                && Files.isRegularFile(dataset.resolve("train.safetensors"))) {
            rows(dataset, model, survey, tables, groups);
        }
        return new DataPage(pipeline, tables, groups);
    }

    private static void rows(Path dataset, Path model, RowSurvey survey, List<BarTable> tables, List<Group> groups)
            throws IOException {
        JsonNode card = DataCard.read(dataset.resolve(DatasetCard.FILE)).root();
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            DataView view =
                    DataView.prepared(dataset, tokens -> tokenizer.decode(tokens, false), ROWS, SEED, survey::add);
            Map<String, Long> lengths = new LinkedHashMap<>();
            view.lengths()
                    .forEach(each ->
                            lengths.put(String.format(Locale.ROOT, "%,d to %,d tokens", each.from(), each.to()), (long)
                                    each.rows()));
            add(tables, BarTable.of("lengths", "Lengths", "Training rows by their number of tokens.", "rows", lengths));
            add(
                    tables,
                    BarTable.of(
                            "languages",
                            "Languages",
                            survey.note() + "Detected from the first characters of a row.",
                            "rows",
                            survey.languages()));
            labels(card, survey, tables);
            sources(card, tables);
            groups.add(new Group(
                    "random",
                    "Rows at random",
                    String.format(
                            Locale.ROOT,
                            "Chosen with seed %d. Training learns the marked parts; the others are context.",
                            SEED),
                    view.rows()));
            groups.add(new Group("longest", "Longest rows", "The training rows with the most tokens.", view.longest()));
            groups.add(new Group(
                    "oddest",
                    "Oddest rows",
                    "The training rows with the fewest characters per token: the tokenizer knows little of their text.",
                    view.oddest()));
        } catch (FormatProblem noTokenizer) {
            // A model without a tokenizer of its own is at a service, and its rows are not tokens here.
        }
    }

    private static void funnel(JsonNode card, List<BarTable> tables) {
        JsonNode rows = card.path("rows");
        long read = rows.path("read").asLong();
        if (read == 0) {
            return;
        }
        List<BarTable.Bar> bars = new ArrayList<>();
        bars.add(new BarTable.Bar("read", read, "", 1));
        Map<String, Long> removed = new LinkedHashMap<>();
        STEPS.forEach((step, words) -> removed.put(words, rows.path(step).asLong()));
        removed.put("over the limit of their source", sum(card, "overLimit"));
        removed.put(
                "similar to a row of another split",
                card.path("leakage").path("removed").asLong());
        removed.put("over the share of their source", sum(card, "overShare"));
        long left = read;
        for (Map.Entry<String, Long> step : removed.entrySet()) {
            if (step.getValue() > 0) {
                left -= step.getValue();
                bars.add(new BarTable.Bar(
                        "without rows " + step.getKey(),
                        left,
                        String.format(Locale.ROOT, "%,d removed", step.getValue()),
                        (double) left / read));
            }
        }
        for (Map.Entry<String, JsonNode> split : card.path("splits").properties()) {
            long of = split.getValue().path("rows").asLong();
            bars.add(new BarTable.Bar(split.getKey() + " split", of, "", Math.min(1, (double) of / read)));
        }
        tables.add(new BarTable("funnel", "From the sources to the splits", "Rows after each step.", "rows", bars));
    }

    /** The sum of a count over the sources. */
    private static long sum(JsonNode card, String count) {
        long sum = 0;
        for (JsonNode source : card.path("sources")) {
            sum += source.path(count).asLong();
        }
        return sum;
    }

    private static void labels(JsonNode card, RowSurvey survey, List<BarTable> tables) {
        Map<String, Long> classes = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each :
                card.path("balance").path("classes").properties()) {
            classes.put(each.getKey(), each.getValue().path("rows").asLong());
        }
        if (!classes.isEmpty()) {
            tables.add(
                    BarTable.of("labels", "Classes", "Rows by the class that the pipeline balances.", "rows", classes));
        } else {
            add(
                    tables,
                    BarTable.of("labels", "Labels", survey.note() + "Rows by their answer.", "rows", survey.labels()));
        }
    }

    private static void sources(JsonNode card, List<BarTable> tables) {
        Map<String, Long> kept = new LinkedHashMap<>();
        for (JsonNode source : card.path("sources")) {
            kept.merge(
                    source.path("name").asText(),
                    source.path("rows").path("kept").asLong(),
                    Long::sum);
        }
        add(tables, BarTable.of("sources", "Sources", "Rows that each source gave.", "rows", kept));
    }

    private static void add(List<BarTable> tables, BarTable table) {
        if (!table.bars().isEmpty()) {
            tables.add(table);
        }
    }

    /** The text of a part of a row. */
    public static String text(DataView.Part part) {
        return DisplayText.of(part.text(), MAX_TEXT);
    }

    /** The complete page: it has no script and loads nothing. */
    public String html() {
        return PageTemplate.html("data.jte", "page", this);
    }
}
