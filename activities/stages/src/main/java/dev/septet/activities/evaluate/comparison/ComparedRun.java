package dev.septet.activities.evaluate.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.report.SummaryLine;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a comparison.
 *
 * @param name the run as the user named it, unique in the comparison
 * @param source where its results were read
 * @param folder of its evaluation, with the predictions; null where only the results are known
 * @param spec the JSON of its pipeline's spec; null where it is not known
 * @param facts what other stages recorded, such as steps and sizes
 */
public record ComparedRun(
        String name,
        String source,
        ResultsFile results,
        @Nullable Path folder,
        @Nullable JsonNode spec,
        List<SummaryLine> facts) {
    public ComparedRun {
        facts = List.copyOf(facts);
    }
}
