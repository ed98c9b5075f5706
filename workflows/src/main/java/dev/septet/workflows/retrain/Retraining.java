package dev.septet.workflows.retrain;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ArtifactRef;
import org.jspecify.annotations.Nullable;

/**
 * The reason and the data of a run that retrains a deployed model.
 *
 * @param why one sentence for people, without text that users wrote
 * @param learned the dataset of the deployed model; null when there is none, or when all of its rows are learned again
 * @param replay fraction of the rows of {@code learned} that the pipeline requests to learn again; null = all. Training
 *     starts from the base model, so all of them are learned in any case
 * @param reviewed the number of the pipeline's reviewed rows that are learned in addition to the dataset
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Retraining(
        Trigger trigger,
        String why,
        @Nullable ArtifactRef learned,
        @Nullable Double replay,
        long reviewed) {
    @SuppressWarnings("NullAway") // lenient reader: a property absent in JSON is null here
    public Retraining {
        trigger = trigger == null ? Trigger.REQUEST : trigger;
        why = why == null ? "" : why;
    }
}
