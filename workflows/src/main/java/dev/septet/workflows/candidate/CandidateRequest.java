package dev.septet.workflows.candidate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One candidate for the base model.
 *
 * @param number position of the candidate in the file, from 0
 * @param initialize the block with the candidate as its model
 * @param deploys whether the file deploys, so that a GGUF will be written
 * @param screened what the check of the candidate found; null before the check
 * @param dataset the rows, prepared with the tokenizer of any candidate; null before the exam
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CandidateRequest(
        RunRef run,
        int number,
        InitializeSpec initialize,
        PrepareSpec prepare,
        SetupSpec setup,
        TrainSpec train,
        EvaluateSpec evaluate,
        boolean deploys,
        ModelChoice.@Nullable Examined screened,
        @Nullable DatasetRef dataset)
        implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of(initialize.declared(), prepare, setup, train, evaluate);
    }

    /** The exam of a checked candidate. */
    CandidateRequest exam(ModelChoice.Examined checked, DatasetRef rows) {
        return new CandidateRequest(run, number, initialize, prepare, setup, train, evaluate, deploys, checked, rows);
    }
}
