package dev.septet.activities.resume;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.result.EarlierRun;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import dev.septet.workflows.graph.StageNode;
import dev.septet.workflows.prepare.PrepareRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a run can continue an earlier one, change by change. To find the stages that a setting
 * affects, the check changes this setting alone and sees which stage keys change.
 */
public final class ResumeCheck {
    private final EarlierRun earlier;
    private final ResolvedPipeline present;
    private final Stage from;

    /**
     * Compares a run with the present pipeline file.
     *
     * @param from the first stage that runs again
     */
    public ResumeCheck(EarlierRun earlier, ResolvedPipeline present, Stage from) {
        this.earlier = earlier;
        this.present = new ResolvedPipeline(present.run(), chosen(earlier, present.spec()), present.share());
        this.from = from;
    }

    /**
     * One verdict for each change; empty when nothing changed.
     *
     * @throws StageProblem INVALID_PIPELINE when a file that the pipeline names does not exist
     */
    public List<WordVerdict> verdicts(ArtifactStore store, PipelineFiles files) throws IOException {
        KeyMeasurements now = ContentDigests.present(files, present.run(), present.spec())
                .with(
                        KeyMeasurement.FORGOTTEN_ROWS,
                        ForgottenRows.of(store, present.run().pipeline()).sha256());
        return verdicts(ContentDigests.of(new StageResults(store), earlier.report(), now), now);
    }

    List<WordVerdict> verdicts(KeyMeasurements was, KeyMeasurements now) {
        PipelineSpec before = chosen(earlier, earlier.resolved().spec());
        List<WordVerdict> verdicts = new ArrayList<>();
        for (SpecDifference difference : SpecDifference.between(before, present.spec())) {
            Stage stage = first(before, difference.changed(), was, was);
            for (SpecDifference.Leaf leaf : difference.leaves()) {
                verdicts.add(WordVerdict.of(leaf.path(), leaf.was(), leaf.now(), stage, from));
            }
        }
        PipelineSpec spec = present.spec();
        for (KeyMeasurement contents : KeyMeasurement.values()) {
            String found = now.get(contents);
            if (!Objects.equals(was.get(contents), found)) {
                Stage stage = first(spec, spec, was, was.with(contents, found));
                verdicts.add(WordVerdict.of(contents.contents(), null, null, stage, from));
            }
        }
        return verdicts;
    }

    /**
     * The results that the new run reuses.
     *
     * @throws StageProblem INVALID_PIPELINE when a dependency of a result has changed, or the
     *     result is missing
     */
    public PipelineReport takeOver(List<WordVerdict> verdicts) {
        String run = earlier.runId();
        if (!present.spec().name().equals(earlier.resolved().spec().name())) {
            throw StageProblem.invalid("resume: run %s is one of pipeline '%s', not of '%s'"
                    .formatted(
                            run,
                            earlier.resolved().spec().name(),
                            present.spec().name()));
        }
        for (Stage stage : Stage.values()) {
            boolean hasResult = earlier.report().of(stage) != null;
            boolean named = StageGraph.of(stage).in(present.spec());
            if (stage.compareTo(from) < 0 && named && !hasResult) {
                throw StageProblem.invalid("resume: run %s has no result of %s: resume from %s"
                        .formatted(run, stage.word(), stage.word()));
            }
        }
        List<String> against = verdicts.stream()
                .filter(word -> word.verdict() == WordVerdict.Verdict.INCOMPATIBLE)
                .map(word -> "%s changed, and %s".formatted(word.word(), word.why()))
                .toList();
        if (!against.isEmpty()) {
            throw StageProblem.invalid("resume from %s: %s".formatted(from.word(), String.join("; ", against)));
        }
        return earlier.report().before(from);
    }

    /** The pipeline with the base model that the earlier run chose, which a resumed run keeps. */
    private static PipelineSpec chosen(EarlierRun earlier, PipelineSpec spec) {
        ModelRef model = earlier.report().model();
        ModelChoice choice = model == null ? null : model.choice();
        return choice == null || !spec.initialize().candidates().contains(choice.chosen())
                ? spec
                : spec.using(spec.initialize().using(choice.chosen()));
    }

    /** The first stage whose key differs when the results of all earlier stages are assumed equal. */
    private @Nullable Stage first(PipelineSpec before, PipelineSpec after, KeyMeasurements was, KeyMeasurements now) {
        return StageGraph.NODES.stream()
                .filter(node -> !Objects.equals(key(node, before, was), key(node, after, now)))
                .map(StageNode::stage)
                .findFirst()
                .orElse(null);
    }

    /** Null where the file has no such stage. */
    private <Q> @Nullable StageKey key(StageNode<Q, ?> node, PipelineSpec spec, KeyMeasurements contents) {
        if (!node.in(spec)) {
            return null;
        }
        StageInputs still = StageInputs.constant(present.run(), spec);
        Q request = node.request(still);
        EnginePlan plan = new EnginePlan(spec.train(), spec.initialize(), spec.setup());
        boolean general = PrepareRequest.general(spec.train()) != null;
        KeyMeasurements measured = contents.with(KeyMeasurement.WORKER, "")
                .with(KeyMeasurement.FROZEN_LAYERS, plan.frozenLayers(still.result(StageGraph.PREPARE)))
                .with(KeyMeasurement.GENERAL_SET, general ? contents.get(KeyMeasurement.GENERAL_SET) : null);
        return StageKey.of(node, request, measured).with(node.unstored(), request, measured);
    }
}
