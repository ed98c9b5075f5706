package dev.septet.workflows.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.SourceRows;
import dev.septet.workflows.retrain.Retraining;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Input of stage 1.
 *
 * @param model the base model, whose tokenizer and chat template are applied to the rows
 * @param rows the rows that the only pipeline named in the spec prepared; null when the spec names a file, or several
 *     sources
 * @param retraining the additional and the omitted rows of a retraining; null for any other run
 * @param general path of a dataset of general skills that training also reads; null for none
 * @param objective the training objective, which determines the allowed rows; null when the file declares none
 * @param sourceRows the rows of the pipelines among the spec's sources, in the order of the file; empty without
 *     {@code sources}
 * @param suites paths of the evaluation's own test files, which {@code decontaminate} reads; empty without it
 * @param fold the fold of a cross-validation whose rows test, from 1; 0 for the declared shares
 * @param tests the evaluation's named test sets, which {@code decontaminate} reads; empty without it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PrepareRequest(
        RunRef run,
        PrepareSpec spec,
        InitializeSpec model,
        @Nullable DatasetRef rows,
        @Nullable Retraining retraining,
        @Nullable String general,
        @Nullable ObjectiveSpec objective,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<SourceRows> sourceRows,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> suites,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int fold,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TestSetSpec> tests)
        implements RunScoped {
    public PrepareRequest {
        // Requests of earlier versions have none.
        sourceRows = sourceRows == null ? List.of() : List.copyOf(sourceRows);
        suites = suites == null ? List.of() : List.copyOf(suites);
        tests = tests == null ? List.of() : List.copyOf(tests);
    }

    /** A request for the declared shares. */
    public PrepareRequest(
            RunRef run,
            PrepareSpec spec,
            InitializeSpec model,
            @Nullable DatasetRef rows,
            @Nullable Retraining retraining,
            @Nullable String general,
            @Nullable ObjectiveSpec objective,
            List<SourceRows> sourceRows,
            List<String> suites) {
        this(run, spec, model, rows, retraining, general, objective, sourceRows, suites, 0, List.of());
    }

    /** The same request for a fold. */
    public PrepareRequest of(RunRef foldRun, int number) {
        return new PrepareRequest(
                foldRun, spec, model, rows, retraining, general, objective, sourceRows, suites, number, tests);
    }

    /** A request without several sources and without the evaluation's test files. */
    public PrepareRequest(
            RunRef run,
            PrepareSpec spec,
            InitializeSpec model,
            @Nullable DatasetRef rows,
            @Nullable Retraining retraining,
            @Nullable String general,
            @Nullable ObjectiveSpec objective) {
        this(run, spec, model, rows, retraining, general, objective, List.of(), List.of());
    }

    /**
     * Whether the rows that reviewers made from feedback are learned too. Such a row has one answer, so an objective
     * that learns pairs cannot use it. The rows are not added if the spec already names them as a source.
     */
    public boolean readsReviewedRows() {
        return retraining != null
                && retraining.reviewed() != 0
                && !(objective instanceof DpoSpec)
                && spec.inputs().stream().noneMatch(source -> run.pipeline().equals(source.reviewed()));
    }

    /** Whether the preparation reads reviewed rows, which are files of the pipeline's host. */
    public boolean needsHost() {
        return readsReviewedRows() || spec.inputs().stream().anyMatch(source -> source.reviewed() != null);
    }

    /** Whether the rows, or what they are compared with, are in files of one machine. */
    public boolean readsFiles() {
        return general != null
                || spec.cleaningOrNone().decontaminate() != null
                || (spec.redact() != null && spec.redact().names() != null)
                || spec.inputs().stream().anyMatch(source -> source.path() != null);
    }

    /**
     * The path of the general dataset, which is all of {@code train.preserve} that preparation needs; null for none.
     */
    public static @Nullable String general(TrainSpec train) {
        PreserveSpec preserve = train.preserve();
        return preserve == null ? null : preserve.from();
    }

    /** A request for the rows of a file. */
    public PrepareRequest(RunRef run, PrepareSpec spec, InitializeSpec model) {
        this(run, spec, model, null, null, null, null, List.of(), List.of());
    }

    /** The evaluation's named test sets, which a declared {@code decontaminate} reads. */
    public static List<TestSetSpec> tests(PrepareSpec spec, EvaluateSpec evaluate) {
        return spec.cleaningOrNone().decontaminate() == null ? List.of() : evaluate.tests();
    }

    /** The paths of the evaluation's own test files that a declared {@code decontaminate} reads. */
    public static List<String> suites(PrepareSpec spec, EvaluateSpec evaluate) {
        ForgettingSpec forgetting = evaluate.forgetting();
        return spec.cleaningOrNone().decontaminate() == null || forgetting == null
                ? List.of()
                : List.of(forgetting.suite());
    }

    @Override
    public List<Object> specs() {
        return List.of(spec, model.declared());
    }
}
