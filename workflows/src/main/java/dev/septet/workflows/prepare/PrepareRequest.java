package dev.septet.workflows.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.retrain.Retraining;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Input of stage 1.
 *
 * @param model the base model, whose tokenizer and chat template the rows go through
 * @param rows what the pipeline prepared that the spec names, null when it names a file
 * @param retraining what is learned beside these rows, and what of them is left out; null for
 *     neither
 * @param general path of a dataset of general skills that training reads too; null for none
 * @param objective of the training, which decides what rows there may be; null where none is named
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PrepareRequest(
        RunRef run,
        PrepareSpec spec,
        InitializeSpec model,
        @Nullable DatasetRef rows,
        @Nullable Retraining retraining,
        @Nullable String general,
        @Nullable ObjectiveSpec objective)
        implements RunScoped {
    /**
     * Whether rows that reviewers made of feedback are learned too. Such a row has one answer:
     * where pairs are learned there is nothing to do with it.
     */
    public boolean readsReviewedRows() {
        return retraining != null && retraining.reviewed() != 0 && !(objective instanceof DpoSpec);
    }

    /** What of {@code train} reads the general set is no matter of preparation. */
    public static @Nullable String general(TrainSpec train) {
        PreserveSpec preserve = train.preserve();
        return preserve == null ? null : preserve.from();
    }

    /** Of a file's rows. */
    public PrepareRequest(RunRef run, PrepareSpec spec, InitializeSpec model) {
        this(run, spec, model, null, null, null, null);
    }

    @Override
    public List<Object> specs() {
        return List.of(spec, model);
    }
}
