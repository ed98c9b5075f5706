package dev.septet.dsl.pipeline.track;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.septet.dsl.pipeline.ExtensionSpec;

/**
 * A tracker that receives the runs of a pipeline. No stage depends on it, so it is not part of a stage's key. A jar may
 * add trackers: {@link ExtensionSpec.ForTracker}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = MlflowSpec.class, name = "mlflow"),
    @JsonSubTypes.Type(value = TensorBoardSpec.class, name = "tensorboard"),
    @JsonSubTypes.Type(value = OpenLineageSpec.class, name = "openlineage"),
    @JsonSubTypes.Type(value = WandbSpec.class, name = "wandb"),
    @JsonSubTypes.Type(value = ExtensionSpec.ForTracker.class, name = "extension")
})
public interface TrackerSpec {
    /** Pattern of the names that the operator's file gives to trackers. */
    String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}";

    /** The tracker as a message names it, such as {@code mlflow('team')}. */
    String written();

    /** Whether it writes into the folder of the pipeline file, so that its work belongs on the pipeline's host. */
    boolean writesFiles();
}
