package com.example.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.train.BackEndExtension;
import dev.septet.contract.BackEndWordContract;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.train.TrainRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandoverTest extends BackEndWordContract {
    @TempDir
    private Path folder;

    @BeforeEach
    void choose() throws Exception {
        Path classes = Path.of(
                Handover.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Files.writeString(
                classes.resolveSibling("own-words.properties"),
                "trainings=" + folder.toString().replace("\\", "\\\\") + "\n");
    }

    @Override
    protected BackEndExtension extension() {
        return new Handover();
    }

    @Override
    protected String line() {
        return "handover(to: 'team')";
    }

    /** The other system is Septet's engine. */
    @Override
    protected void meanwhile(TrainRequest request) throws Exception {
        Path run = folder.resolve("team").resolve(request.run().runId());
        assertThat(run.resolve("request.properties")).hasContent("steps=12\nrank=2\nmodules=q_proj,down_proj");
        assertThat(run.resolve("train.jsonl")).isNotEmptyFile();
        assertThat(run.resolve("model/model.safetensors")).isNotEmptyFile();
        Path result = run.resolve("result");
        List<Double> losses = trainHere(request, result);
        Files.write(result.resolve("losses.txt"), losses.stream().map(String::valueOf).toList());
        Files.createFile(result.resolve("done"));
    }

    @Test
    void takesNoLinks() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "x");
        Path result = Files.createDirectories(folder.resolve("result"));
        Files.createSymbolicLink(result.resolve("losses.txt"), secret);
        Path linked = Files.createSymbolicLink(folder.resolve("linked"), folder);
        assertThatThrownBy(() -> Handover.plain(result, "losses.txt"))
                .isInstanceOf(StageProblem.class)
                .hasMessage("handover: result/losses.txt is missing, or is a link");
        assertThatThrownBy(() -> Handover.plain(linked, "secret")).isInstanceOf(StageProblem.class);
        assertThat(Handover.plain(folder, "secret")).isEqualTo(secret);
    }

    @Test
    void trainsLoraOnly() {
        TrainSpec full = TinyPipeline.train(new FullSpec());
        assertThatThrownBy(() -> extension().backEnd(used()).check(full)).hasMessageContaining("trains LoRA only");
    }
}
