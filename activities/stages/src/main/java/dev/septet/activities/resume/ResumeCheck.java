package dev.septet.activities.resume;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.host.PipelineFiles;
import dev.septet.activities.result.EarlierRun;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.catalog.ResolvedPipeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        this.present = present;
        this.from = from;
    }

    /**
     * One verdict for each change; empty when nothing changed.
     *
     * @throws StageProblem INVALID_PIPELINE when a file that the pipeline names does not exist
     */
    public List<WordVerdict> verdicts(ArtifactStore store, PipelineFiles files) throws IOException {
        ContentDigests now = ContentDigests.present(files, present.run(), present.spec());
        return verdicts(ContentDigests.of(new StageResults(store), earlier.report(), now), now);
    }

    List<WordVerdict> verdicts(ContentDigests was, ContentDigests now) {
        PipelineSpec before = earlier.resolved().spec();
        List<WordVerdict> verdicts = new ArrayList<>();
        for (SpecDifference difference : SpecDifference.between(before, present.spec())) {
            Stage stage = first(before, difference.changed(), was, was);
            for (SpecDifference.Leaf leaf : difference.leaves()) {
                verdicts.add(WordVerdict.of(leaf.path(), leaf.was(), leaf.now(), stage, from));
            }
        }
        bytes(verdicts, "bytes of the dataset", was, with(was, now.rows(), null, null, null));
        bytes(verdicts, "tokenizer of the base model", was, with(was, null, now.tokenizer(), null, null));
        bytes(verdicts, "bytes of the base model", was, with(was, null, null, now.model(), null));
        bytes(verdicts, "bytes of the forgetting suite", was, with(was, null, null, null, now.suite()));
        bytes(
                verdicts,
                "bytes of the general set",
                was,
                new ContentDigests(was.rows(), was.tokenizer(), was.model(), was.suite(), now.general()));
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
            boolean made = earlier.report().of(stage) != null;
            boolean said = stage != Stage.DEPLOY || present.spec().deploy() != null;
            if (stage.compareTo(from) < 0 && said && !made) {
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

    private void bytes(List<WordVerdict> verdicts, String what, ContentDigests was, ContentDigests now) {
        if (!was.equals(now)) {
            PipelineSpec spec = present.spec();
            verdicts.add(WordVerdict.of(what, null, null, first(spec, spec, was, now), from));
        }
    }

    private @Nullable Stage first(PipelineSpec before, PipelineSpec after, ContentDigests was, ContentDigests now) {
        RunRef run = present.run();
        Map<Stage, StageKey> old = StageKeys.of(run, before, was);
        Map<Stage, StageKey> young = StageKeys.of(run, after, now);
        for (Stage stage : Stage.values()) {
            if (!Objects.equals(old.get(stage), young.get(stage))) {
                return stage;
            }
        }
        return null;
    }

    private static ContentDigests with(
            ContentDigests was,
            @Nullable String rows,
            @Nullable String tokenizer,
            @Nullable String model,
            @Nullable String suite) {
        return new ContentDigests(
                rows == null ? was.rows() : rows,
                tokenizer == null ? was.tokenizer() : tokenizer,
                model == null ? was.model() : model,
                suite == null ? was.suite() : suite,
                was.general());
    }
}
