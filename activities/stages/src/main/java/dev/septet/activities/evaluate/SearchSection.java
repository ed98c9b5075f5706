package dev.septet.activities.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.report.ReportPage;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.setup.SearchPoint;
import dev.septet.workflows.setup.SearchSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The trials of the search on the report page. */
final class SearchSection {
    /** More trials make a page that nobody reads; {@code search.json} has all. */
    private static final int SHOWN = 50;

    private SearchSection() {}

    /** One table; none where no search chose the settings, or where its store is gone. */
    static List<ReportPage.FactTable> of(ArtifactStore store, EvaluateRequest request) throws IOException {
        SearchSummary search = request.search();
        if (search == null) {
            return List.of();
        }
        JsonNode table = SpecJson.mapper()
                .readTree(store.fetch(search.artifact()).resolve("search.json").toFile());
        List<SummaryLine> lines = new ArrayList<>();
        lines.add(new SummaryLine("chosen by", search.choice()));
        lines.add(new SummaryLine("steps of all trials", String.format(Locale.ROOT, "%,d", search.steps())));
        if (search.left() != null) {
            lines.add(new SummaryLine("not tried", search.left()));
        }
        for (JsonNode trial : table.path("trials")) {
            int number = trial.path("number").asInt();
            if (number < SHOWN || number == search.winner()) {
                lines.add(new SummaryLine(
                        String.format(Locale.ROOT, "trial %d%s", number, number == search.winner() ? ", chosen" : ""),
                        SpecJson.mapper()
                                        .treeToValue(trial.path("values"), SearchPoint.class)
                                        .words()
                                + rungs(trial.path("rungs"))));
            }
        }
        return List.of(new ReportPage.FactTable("search", "Search", lines));
    }

    private static String rungs(JsonNode rungs) {
        StringBuilder words = new StringBuilder();
        for (JsonNode rung : rungs) {
            words.append(String.format(
                    Locale.ROOT, "; after %d steps: loss %s", rung.path("steps").asInt(), figures(rung.path("loss"))));
            rung.path("measures").properties().forEach(measure -> {
                if (!measure.getKey().equals("loss")) {
                    words.append(", %s %s".formatted(measure.getKey(), figures(measure.getValue())));
                }
            });
        }
        return words.toString();
    }

    private static String figures(JsonNode value) {
        return value.isNumber() ? Figures.of(value.asDouble()) : "not finite";
    }
}
