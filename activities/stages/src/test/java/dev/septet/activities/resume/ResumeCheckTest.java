package dev.septet.activities.resume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.result.EarlierRun;
import dev.septet.activities.resume.WordVerdict.Verdict;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.graph.KeyMeasurement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResumeCheckTest {
    private static final String FILE = """
        pipeline('hello') {
            description 'Says hello'
            prepare { dataset 'data/hello.jsonl'; maxTokens 256 }
            initialize { model 'models/tiny' }
            setup { seed 1 }
            train {
                method lora { rank 4 }
                epochs 2
                learningRate cosine(peak: 2e-4)
                checkpoint every: 10.steps
                timeout 6.hours
            }
            evaluate { metric exactMatch; limit 24 }
            deploy { target directory('out') }
        }
        """;
    private static final KeyMeasurements BYTES = KeyMeasurements.NONE
            .with(KeyMeasurement.DATASET, "a")
            .with(KeyMeasurement.TOKENIZER, "b")
            .with(KeyMeasurement.BASE_MODEL, "c")
            .with(KeyMeasurement.FORGETTING_SUITE, "d")
            .with(KeyMeasurement.GENERAL_SET, "e");

    /** What is changed, the word that is named, and the first stage that reads it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "maxTokens 256 | maxTokens 128 | prepare.maxTokens | PREPARE",
                "data/hello.jsonl | data/other.jsonl | prepare.dataset | PREPARE",
                "rank 4 | rank 8 | train.method.rank | INITIALIZE",
                "seed 1 | seed 2 | setup.seed | SETUP",
                "seed 1 | seed 1; search { learningRate 1e-4, 2e-4; steps 5 } | setup.search |" + " SETUP",
                "peak: 2e-4 | peak: 1e-4 | train.learningRate.peak | SETUP",
                "epochs 2 | epochs 3 | train.epochs | TRAIN",
                "limit 24 | limit 48 | evaluate.limit | EVALUATE",
                "'out' | 'elsewhere' | deploy.targets | DEPLOY",
                "seed 1 | seed 1; resources memory: 24.gb | setup.resources.memoryBytes |",
                "deploy { | monitor { every 6.hours; log 'audit.jsonl'; drift psi, on: promptLength, above: 0.2 };"
                        + " deploy { | monitor | MONITOR",
                "every: 10.steps | every: 20.steps | train.checkpoint.everySteps |",
                "timeout 6.hours | timeout 5.hours | train.policy.timeout |",
                "Says hello | Says good day | description |",
            })
    void asksTheStagesWhatAWordMattersTo(String was, String now, String word, @Nullable Stage first) {
        for (Stage from : Stage.values()) {
            List<WordVerdict> verdicts = check(FILE.replace(was, now), from).verdicts(BYTES, BYTES);

            assertThat(verdicts).extracting(WordVerdict::word).contains(word);
            WordVerdict verdict = verdicts.stream()
                    .filter(v -> v.word().equals(word))
                    .findFirst()
                    .orElseThrow();
            assertThat(verdict.stage()).isEqualTo(first);
            assertThat(verdict.verdict())
                    .as("%s from %s", word, from)
                    .isEqualTo(
                            first == null
                                    ? Verdict.REUSABLE
                                    : first.compareTo(from) >= 0 ? Verdict.RERUN : Verdict.INCOMPATIBLE);
        }
    }

    @Test
    void saysWhatItWasAndWhatItIs() {
        assertThat(check(FILE.replace("epochs 2", "epochs 3"), Stage.TRAIN).verdicts(BYTES, BYTES))
                .containsExactly(
                        new WordVerdict("train.epochs", "2", "3", Verdict.RERUN, Stage.TRAIN, "train runs again"));
        assertThat(check(FILE, Stage.TRAIN).verdicts(BYTES, BYTES)).isEmpty();
    }

    @Test
    void seesBytesThatChangedUnderTheSameName() {
        KeyMeasurements other = BYTES.with(KeyMeasurement.DATASET, "other")
                .with(KeyMeasurement.BASE_MODEL, "other")
                .with(KeyMeasurement.FORGETTING_SUITE, "other");
        assertThat(check(FILE, Stage.INITIALIZE).verdicts(BYTES, other))
                .extracting(WordVerdict::word, WordVerdict::stage, WordVerdict::verdict)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "bytes of the dataset", Stage.PREPARE, Verdict.INCOMPATIBLE),
                        org.assertj.core.groups.Tuple.tuple("bytes of the base model", Stage.INITIALIZE, Verdict.RERUN),
                        org.assertj.core.groups.Tuple.tuple(
                                "bytes of the forgetting suite", Stage.EVALUATE, Verdict.RERUN));
    }

    @Test
    void takesOverWhatStandsBefore() {
        ResumeCheck check = check(FILE, Stage.SETUP);

        PipelineReport kept = check.takeOver(check.verdicts(BYTES, BYTES));

        assertThat(kept.dataset()).isNotNull();
        assertThat(kept.model()).isNotNull();
        assertThat(kept.run()).isNull();
        assertThat(check(FILE, Stage.INITIALIZE).takeOver(List.of()).model()).isNull();
    }

    @Test
    void refusesWhatCannotBeGoneOnWith() {
        assertThatThrownBy(() -> check(FILE, Stage.EVALUATE).takeOver(List.of()))
                .hasMessage("resume: run run-1 has no result of setup: resume from setup");
        ResumeCheck rank = check(FILE.replace("rank 4", "rank 8"), Stage.SETUP);
        assertThatThrownBy(() -> rank.takeOver(rank.verdicts(BYTES, BYTES)))
                .hasMessageContaining(
                        "train.method.rank changed, and initialize depends on it: resume from" + " initialize");
        assertThatThrownBy(() ->
                        check(FILE.replace("'hello'", "'bye'"), Stage.PREPARE).takeOver(List.of()))
                .hasMessage("resume: run run-1 is one of pipeline 'hello', not of 'bye'");
    }

    /** The first candidate is another one now, but the choice is not made again. */
    @Test
    void keepsTheBaseModelThatWasChosen() {
        String before = FILE.replace("model 'models/tiny'", "candidates 'models/a', 'models/b'");
        String now = before.replace("'models/a', 'models/b'", "'models/c', 'models/b'");
        ModelChoice choice = new ModelChoice("models/b", List.of());

        assertThat(check(before, now, choice, Stage.TRAIN).verdicts(BYTES, BYTES))
                .isNotEmpty()
                .allSatisfy(verdict -> assertThat(verdict.verdict()).isEqualTo(Verdict.REUSABLE));
        assertThat(check(before, before.replace("'models/b'", "'models/c'"), choice, Stage.TRAIN)
                        .verdicts(BYTES, BYTES))
                .as("the chosen one is no candidate any more")
                .extracting(WordVerdict::verdict)
                .contains(Verdict.INCOMPATIBLE);
    }

    private static ResumeCheck check(String now, Stage from) {
        return check(FILE, now, null, from);
    }

    private static ResumeCheck check(String before, String now, @Nullable ModelChoice choice, Stage from) {
        Origin origin = new Origin("k", null, "");
        ArtifactRef artifact = new ArtifactRef("store:x", "0", 1);
        PipelineReport report = new PipelineReport(
                null,
                new DatasetRef(artifact, 1, 1, 1, 1, 1, 0, 0, 0, origin),
                new ModelRef(artifact, "Llama", 1, 1, "mit", 1, 1, origin).with(choice),
                null,
                null,
                null,
                null,
                null,
                List.of());
        return new ResumeCheck(
                new EarlierRun(PipelineRequest.named("hello"), resolved(before), report), resolved(now), from);
    }

    private static ResolvedPipeline resolved(String text) {
        PipelineSpec spec = PipelineCompiler.compile(PipelineSource.of("p.groovy", text), Map.of())
                .spec()
                .orElseThrow();
        return new ResolvedPipeline(new RunRef(spec.name(), "run-1", "/srv", "0"), spec);
    }
}
