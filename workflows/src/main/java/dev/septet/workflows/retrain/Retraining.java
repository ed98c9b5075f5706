package dev.septet.workflows.retrain;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ArtifactRef;
import org.jspecify.annotations.Nullable;

/**
 * That a run makes a deployed model's successor: why, and from what.
 *
 * @param why one sentence for people, without anything that anybody wrote
 * @param learned the dataset of the model that is deployed; null when there is none, or when all of
 *     its rows are learned again
 * @param replay fraction of the rows of {@code learned} that the pipeline asks to learn again.
 *     Training starts from the base model, so all of them are; null = it asks for all
 * @param reviewed so many of the pipeline's reviewed rows are learned beside the dataset
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Retraining(
        Trigger trigger,
        String why,
        @Nullable ArtifactRef learned,
        @Nullable Double replay,
        long reviewed) {
    @SuppressWarnings("NullAway") // a tolerant reader: absent in JSON is null here
    public Retraining {
        trigger = trigger == null ? Trigger.REQUEST : trigger;
        why = why == null ? "" : why;
    }
}
