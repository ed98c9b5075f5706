package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.CopiedModel;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other tools read in an export is what was trained, and no more. */
class ModelExportTest {
    private static final String HEAD = "lm_head.weight";

    @TempDir
    Path temporary;

    /**
     * Mixtral's experts go by other names: a file that named them would promise what is not there.
     */
    @Test
    void anAdapterNamesTheTargetsThatTheModelHas() throws IOException {
        Lora all =
                new Lora(2, 4, 0, List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"));
        assertThat(PeftAdapter.open(export(GoldenModel.family("mixtral"), all)).config())
                .extracting(config -> config.targets())
                .isEqualTo(List.of("k_proj", "o_proj", "q_proj", "v_proj"));
        assertThat(PeftAdapter.open(export(GoldenModel.family("llama"), all)).config())
                .extracting(config -> config.targets())
                .isEqualTo(all.targets().stream().sorted().toList());
    }

    /** Some checkpoints store the tied matrix twice, and transformers 5 then reads both. */
    @Test
    void theBaseModelsOutputMatrixIsNotLeftBesideATrainedEmbedding() throws IOException {
        GoldenModel golden = GoldenModel.open("tied");
        ModelFolder tied = ModelFolder.open(golden.folder());
        StoredTensor embedding = tied.tensor("model.embed_tokens.weight");
        Shape shape = embedding.shape();
        Path base = CopiedModel.write(
                temporary.resolve("twice"),
                tied,
                tied.config(),
                TensorSource.floats(HEAD, ElementType.F32, shape, embedding::floats));
        assertThat(ModelFolder.open(base).tensors()).containsKey(HEAD);

        ModelFolder trained = ModelFolder.open(export(base, golden, new Full()));

        assertThat(trained.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(tied.tensors().keySet());
        assertThat(trained.tensor("model.embed_tokens.weight").floats()).isNotEqualTo(embedding.floats());
        GoldenModel untied = GoldenModel.open("untied");
        assertThat(ModelFolder.open(export(untied, new Full())).tensors()).containsKey(HEAD);
    }

    private Path export(GoldenModel golden, Method method) throws IOException {
        return export(golden.folder(), golden, method);
    }

    private Path export(Path base, GoldenModel rows, Method method) throws IOException {
        Path folder = temporary.resolve("export-" + base.getFileName());
        TokenDataset data = Plans.data(temporary, rows);
        try (Trainer trainer = Trainer.open(Plans.of(method).plan(), base, data, Optional.empty())) {
            trainer.step();
            trainer.exportTo(folder, "base");
        }
        return folder;
    }
}
