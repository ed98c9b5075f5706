package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.form.FormResult;
import dev.septet.activities.evaluate.form.FormScore;
import dev.septet.activities.evaluate.form.FormSpeed;
import dev.septet.activities.evaluate.form.FormsReport;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.deploy.DeploySpec.Quantization;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.deploy.DeployRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class FormsExamTest {
    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    @BeforeAll
    static void writeModels() throws IOException {
        FormsExamScene.writeTuned(shared);
    }

    private static FormsExamScene scene(Path folder) throws IOException {
        return new FormsExamScene(folder, shared);
    }

    @Test
    void publishesTheFormThatPassesAndNotTheOneThatLoses() throws IOException {
        FormsExamScene scene = scene(temp);
        DeployRequest request = scene.request(
                List.of(Quantization.INT8, Quantization.Q4_0),
                new DirectorySpec("models/tiny"),
                new OllamaSpec("tiny", "ollama"));
        ExportRef export = scene.export(request, new EngineSubjects());

        Path folder = scene.store.fetch(export.artifact());
        FormsReport report = FormsReport.read(folder).orElseThrow();
        assertThat(report.forms().stream().map(FormResult::form)).containsExactly("model", "f16", "q8_0", "q4_0");
        assertThat(report.forms().stream().skip(1).map(FormResult::verdict))
                .containsExactly(Verdict.GO, Verdict.GO, Verdict.NO_GO);
        assertThat(folder.resolve("model-q8_0.gguf")).exists();
        assertThat(folder.resolve("model-q4_0.gguf")).doesNotExist();
        FormResult four = report.forms().get(3);
        assertThat(four.why()).contains("loss rose", "than the unquantized model");
        assertThat(four.scores().stream().map(FormScore::metric))
                .containsExactly("loss", "exactMatch", "loss on hard", "exactMatch on hard");
        assertThat(four.bitsPerWeight()).isBetween(4.5, 7.0);
        FormResult eight = report.forms().get(2);
        assertThat(eight.sha256()).isEqualTo(Sha256.of(Files.readAllBytes(folder.resolve("model-q8_0.gguf"))));
        assertThat(export.chain().checks().stream().map(ChainCheck::measure))
                .filteredOn(measure -> measure.contains("passed the exam"))
                .hasSize(2);
        assertThat(FormsReport.of(scene.store, export.artifact())).contains(report);
        assertThat(FormSpeed.last(scene.store, "tiny").orElseThrow().forms()).containsKeys("f16", "q8_0", "q4_0");

        DeploymentRef deployed = scene.publish(request, export);
        assertThat(Path.of(deployed.published().get(1).location()).resolve("model.gguf"))
                .hasSameBinaryContentAs(folder.resolve("model-q8_0.gguf"));
        assertThat(Path.of(deployed.published().get(0).location()).resolve("forms.json"))
                .exists();
    }

    @Test
    void publishesNothingWhereATargetNeedsAFormAndNonePasses() throws IOException {
        FormsExamScene scene = scene(temp);
        DeployRequest request = scene.request(List.of(Quantization.Q4_0), new OllamaSpec("tiny", "ollama"));
        assertThatThrownBy(() -> scene.export(request, new EngineSubjects()))
                .hasStackTraceContaining("type='GateFailed'")
                .hasStackTraceContaining("no quantized form passed, but target")
                .hasStackTraceContaining("q4_0 is NO_GO: loss rose")
                .hasStackTraceContaining("Nothing was published");
    }

    @Test
    void aMissingNumberNeverPasses() throws IOException {
        FormsExamScene scene = scene(temp);
        DeployRequest request = scene.request(List.of(Quantization.INT8), new DirectorySpec("models/tiny"));
        ExportRef export = scene.export(request, changing(prediction -> new Prediction(null, Double.NaN, 1), "q8_0"));
        Path folder = scene.store.fetch(export.artifact());
        FormResult form = FormsReport.read(folder).orElseThrow().forms().get(2);
        assertThat(form.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(form.why()).contains("loss is missing (not a number)");
        assertThat(form.scores()).noneMatch(FormScore::front);
        assertThat(folder.resolve("model-q8_0.gguf")).doesNotExist();
        assertThat(folder.resolve("model-f16.gguf")).exists();
    }

    @Test
    void anInterruptedExamGoesOnAndGivesTheSameBytes() throws IOException {
        FormsExamScene whole = scene(temp.resolve("whole"));
        List<Quantization> forms = List.of(Quantization.INT8);
        AtomicInteger rows = new AtomicInteger();
        ExportRef expected =
                whole.export(whole.request(forms, new DirectorySpec("models/tiny")), counting(rows, Integer.MAX_VALUE));
        int all = rows.get();

        FormsExamScene killed = scene(temp.resolve("killed"));
        DeployRequest request = killed.request(forms, new DirectorySpec("models/tiny"));
        AtomicInteger asked = new AtomicInteger();
        int kills = 0;
        ExportRef found = null;
        while (found == null) {
            try {
                found = killed.export(request, counting(asked, asked.get() + 5 * Subject.SHARD_ROWS));
            } catch (io.temporal.failure.ActivityFailure e) {
                assertThat(e).hasStackTraceContaining("killed by the test");
                kills++;
            }
        }
        assertThat(kills).isGreaterThanOrEqualTo(1);
        assertThat(found.artifact().sha256()).isEqualTo(expected.artifact().sha256());
        assertThat(asked).as("no stored answer is asked for again").hasValue(all);
    }

    @Test
    void refusesAFileThatDidNotPass() throws IOException {
        Path export = Files.createDirectories(temp.resolve("export"));
        assertThatThrownBy(() -> ExaminedFiles.check(export, null)).hasMessageContaining("no results of an exam");
        Files.writeString(export.resolve("model-q8_0.gguf"), "weights");
        FormScore score =
                new FormScore("loss", true, 1.0, 1.0, null, 0.0, 0.0, 0.1, 10, Verdict.GO, "It stayed.", false);
        FormResult form =
                new FormResult("q8_0", "model-q8_0.gguf", Sha256.of("weights"), 7, 8.5, 0.0, null, List.of(score));
        FormsReport.of(1, "FLOAT32", List.of(), List.of(form)).write(export);
        ExaminedFiles.check(export, null);
        assertThatThrownBy(() -> ExaminedFiles.check(export, "benchmark, safety"))
                .as("an exam of an earlier version")
                .hasMessageContaining("was without these parts: benchmark, safety");
        Files.writeString(export.resolve("model-q8_0.gguf"), "others");
        assertThatThrownBy(() -> ExaminedFiles.check(export, null)).hasMessageContaining("its bytes changed");
        Files.move(export.resolve("model-q8_0.gguf"), export.resolve("model-q4_0.gguf"));
        assertThatThrownBy(() -> ExaminedFiles.check(export, null))
                .hasMessageContaining("model-q4_0.gguf took no exam");
    }

    /** The clusters are no column of the rows: their names come from the base model. */
    @Test
    void boundsOfErrorClustersAreThoseOfTheEvaluation() throws IOException {
        FormsExamScene scene = scene(temp);
        DeployRequest made = scene.request(List.of(Quantization.INT8), new DirectorySpec("models/tiny"));
        String base = made.model().artifact().sha256();
        int width = ModelConfig.read(FormsExamScene.BASE).hiddenSize();
        String zeros = "0.0" + ",0.0".repeat(width - 1);
        String rest = ",0.0".repeat(width - 1);
        Files.writeString(scene.pipeline.resolve("clusters.json"), """
            {"format":"septet.error-clusters","version":1,"baseModel":"%s","layer":1,"mean":[%s],"deviation":[%s],
             "clusters":[{"name":"one","radius":2,"centroid":[1%s]},{"name":"other","radius":2,"centroid":[-1%s]}]}
            """.formatted(
                        base, zeros, zeros.replace('0', '1'), rest, rest));
        EvaluateSpec exam = new EvaluateSpec(
                List.of(new MetricSpec("loss", null, null)),
                List.of(),
                null,
                null,
                null,
                0,
                8,
                2,
                List.of(new SliceSpec("errorCluster", 1.0, null, null, 1, "clusters.json")),
                List.of(),
                List.of(),
                null,
                null,
                EvaluateSpec.DEFAULT_POLICY);
        DeployRequest request = scene.request(
                exam,
                List.of(new FormExamSpec(0.05, null, null)),
                List.of(Quantization.INT8),
                new DirectorySpec("models/tiny"));
        Path folder =
                scene.store.fetch(scene.export(request, new EngineSubjects()).artifact());
        FormResult form = FormsReport.read(folder).orElseThrow().forms().get(2);
        assertThat(form.scores().stream().map(FormScore::metric)).containsExactly("loss", "loss by errorCluster");
        assertThat(form.scores().get(1).why()).contains("of 2 slices by 'errorCluster'");
    }

    @Test
    void refusesATestSetThatChangedSinceTheEvaluation() throws IOException {
        FormsExamScene scene = scene(temp);
        DeployRequest request = scene.request(List.of(Quantization.INT8), new DirectorySpec("models/tiny"));
        Files.writeString(
                scene.hard(),
                Files.readAllLines(FormsExamScene.ROWS).get(0) + "\n",
                java.nio.file.StandardOpenOption.APPEND);
        assertThatThrownBy(() -> scene.export(request, new EngineSubjects()))
                .hasStackTraceContaining("files changed since the evaluation (test sets)");
    }

    /** Changes the predictions of one candidate. */
    private static Subjects changing(UnaryOperator<Prediction> change, String name) {
        return candidate -> new FormsExamScene.Through(new EngineSubjects().open(candidate)) {
            @Override
            List<Prediction> seen(List<Row> rows, List<Prediction> predictions) {
                return candidate.name().equals(name)
                        ? predictions.stream().map(change).toList()
                        : predictions;
            }
        };
    }

    /** Counts the rows that are asked for, and dies after a number of them. */
    private static Subjects counting(AtomicInteger count, int most) {
        return candidate -> new FormsExamScene.Through(new EngineSubjects().open(candidate)) {
            @Override
            List<Prediction> seen(List<Row> rows, List<Prediction> predictions) {
                if (count.get() + predictions.size() > most) {
                    throw new IllegalStateException("killed by the test");
                }
                count.addAndGet(predictions.size());
                return predictions;
            }
        };
    }
}
