package dev.septet.workflows.candidate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.initialize.InitializeRequest;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.setup.SetupRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Input of a short training.
 *
 * @param own reference of the candidate's stages, which run beside those of other candidates
 * @param exam the examined candidate, with the rows of its exam
 * @param prepare the preparation with its tokenizer
 * @param steps optimizer steps
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CandidateTraining(
        RunRef own,
        CandidateRequest exam,
        PrepareRequest prepare,
        @Nullable DeploySpec deploy,
        int steps) {
    /** The candidate, with the files that were examined. */
    InitializeSpec model() {
        return exam.initialize()
                .using(
                        exam.initialize().model(),
                        Objects.requireNonNull(exam.screened()).digest());
    }

    InitializeRequest initialize(DatasetRef dataset) {
        return new InitializeRequest(own, model(), exam.setup(), exam.train(), dataset, exam.deploys(), deploy);
    }

    SetupRequest setup(DatasetRef dataset, ModelRef pinned) {
        return new SetupRequest(own, exam.setup(), model(), exam.train(), exam.evaluate(), dataset, pinned);
    }
}
