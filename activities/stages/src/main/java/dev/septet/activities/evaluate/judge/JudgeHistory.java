package dev.septet.activities.evaluate.judge;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The models under whose names the judges of a pipeline answered, in the records {@code judges/PIPELINE/METRIC}. A record has
 * those of the last run and of the run before, so that a repeated attempt of a run compares with the same run.
 */
public record JudgeHistory(ArtifactStore store, String pipeline, String run) {
    /**
     * The models of one run.
     *
     * @param judges for each judge the models that answered
     */
    private record OfRun(String run, Map<String, List<String>> judges) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record History(OfRun last, @Nullable OfRun before) {}

    /** The reports with what changed since the last run, which this run then is. */
    public List<JudgeReport> since(List<JudgeReport> reports, Fence fence) throws IOException {
        List<JudgeReport> all = new ArrayList<>();
        for (JudgeReport report : reports) {
            String name = "judges/%s/%s".formatted(pipeline, report.metric().replace(' ', '-'));
            Optional<History> known = read(name);
            OfRun before = known.map(history -> history.last().run().equals(run) ? history.before() : history.last())
                    .orElse(null);
            OfRun now = new OfRun(run, models(report));
            store.putRecord(name, SpecJson.mapper().writeValueAsString(new History(now, before)), fence);
            all.add(report.since(before == null ? List.of() : changes(before, now)));
        }
        return all;
    }

    private Optional<History> read(String name) throws IOException {
        Optional<String> text = store.record(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SpecJson.mapper().readValue(text.get(), History.class));
        } catch (JsonProcessingException damaged) {
            return Optional.empty(); // as for the first run
        }
    }

    private static Map<String, List<String>> models(JudgeReport report) {
        Map<String, List<String>> models = new TreeMap<>();
        for (JudgeReport.OfJudge judge : report.judges()) {
            if (!judge.models().isEmpty()) {
                models.put(judge.by(), List.copyOf(new TreeMap<>(judge.models()).keySet()));
            }
        }
        return models;
    }

    private static List<String> changes(OfRun before, OfRun now) {
        List<String> changes = new ArrayList<>();
        now.judges().forEach((judge, models) -> {
            List<String> old = before.judges().get(judge);
            if (old == null) {
                changes.add("%s is a new judge, or was not asked before".formatted(judge));
            } else if (!old.equals(models)) {
                changes.add("%s answered as %s, and now as %s"
                        .formatted(judge, String.join(" and ", old), String.join(" and ", models)));
            }
        });
        return changes;
    }
}
