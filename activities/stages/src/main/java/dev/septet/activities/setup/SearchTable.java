package dev.septet.activities.setup;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.search.ChoiceSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.workflows.setup.PlannedTrial;
import dev.septet.workflows.setup.SearchEnd;
import dev.septet.workflows.setup.SearchPoint;
import dev.septet.workflows.setup.SearchSummary;
import dev.septet.workflows.setup.TrialResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table of a finished search, {@code search.json}: the same bytes for the same results. */
record SearchTable(SearchEnd end) {
    /** Name of the file in the artifact. */
    static final String FILE = "search.json";

    /**
     * The file's content.
     *
     * @param steps optimizer steps of all trials together
     * @param planned the most steps that they could have had
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Table(
            String choice,
            int winner,
            long steps,
            long planned,
            @Nullable String left,
            List<Trial> trials) {}

    /** One trial and what it reached. */
    record Trial(int number, SearchPoint values, List<Rung> rungs) {}

    /**
     * A trial's measures at a rung.
     *
     * @param loss validation loss; null when it is not finite
     * @param score what was compared; null when it is not finite
     */
    record Rung(
            int steps,
            @Nullable Double loss,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> measures,
            @Nullable Double score) {}

    SearchSummary store(ArtifactStore store, Fence fence) throws IOException {
        Path folder = store.scratch(fence);
        Table table = table();
        Files.writeString(
                folder.resolve(FILE),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(table) + "\n");
        return new SearchSummary(
                store.put(folder, fence),
                end.winner(),
                end.plan().trials().get(end.winner()).point(),
                table.steps(),
                table.choice(),
                table.left());
    }

    private Table table() {
        long steps = end.results().stream()
                .mapToLong(result -> end.plan().trials().get(result.number()).steps(result.rung()))
                .sum();
        return new Table(
                choice(Objects.requireNonNull(end.setup().spec().search())),
                end.winner(),
                steps,
                end.plan().steps(),
                end.plan().left(),
                end.plan().trials().stream().map(this::trial).toList());
    }

    private Trial trial(PlannedTrial planned) {
        return new Trial(
                planned.number(),
                planned.point(),
                end.results().stream()
                        .filter(result -> result.number() == planned.number())
                        .map(SearchTable::rung)
                        .toList());
    }

    private static Rung rung(TrialResult result) {
        return new Rung(result.steps(), finite(result.validationLoss()), result.measures(), finite(result.compared()));
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** How the winner is chosen, for people. */
    static String choice(SearchSpec search) {
        ChoiceSpec choose = search.choose();
        if (choose == null) {
            return "the lowest validation loss";
        }
        return choose.metric() != null
                ? choose.metric() + " on the validation split"
                : choose.weights().entrySet().stream()
                        .map(weight -> weight.getKey() + ": " + weight.getValue())
                        .collect(Collectors.joining(", ", "score(", ") on the validation split"));
    }
}
