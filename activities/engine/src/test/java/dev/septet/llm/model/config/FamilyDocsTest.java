package dev.septet.llm.model.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.model.config.LayerAttention.Rotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of base models says of each family what its usual config switches on. */
class FamilyDocsTest {
    private static final Path PAGE = Path.of("../../.github/docs/base-models.md");

    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource
    void theTableNamesItsSwitches(Family family) throws IOException {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `" + family.modelType() + "` |"))
                .toList();
        assertThat(rows).hasSize(1);
        String[] cells = rows.get(0).split(" \\| ", -1);
        List<String> words = words(usual(family).switches());
        assertThat(cells[2]).isEqualTo((words.isEmpty() ? "nothing" : String.join(", ", words)) + " |");
    }

    /** A config with sizes alone, all else as the family has it. */
    private ModelConfig usual(Family family) throws IOException {
        Files.writeString(temporary.resolve("config.json"), """
            {"model_type": "%s", "hidden_size": 640, "num_hidden_layers": 18, "num_attention_heads": 4,
             "num_key_value_heads": 1, "intermediate_size": 2048, "vocab_size": 1000,
             "max_position_embeddings": 32768, "rms_norm_eps": 1e-06}
            """.formatted(family.modelType()));
        return ModelConfig.read(temporary);
    }

    private static List<String> words(ArchitectureOptions switches) {
        List<LayerAttention> layers = switches.attention();
        List<String> words = new ArrayList<>();
        add(words, layers.stream().anyMatch(layer -> layer.isLocal(32_768)), "sliding window");
        add(words, rotates(layers, Rotation.LOCAL), "two rotary bases");
        add(words, rotates(layers, Rotation.NONE), "layers without rotary positions");
        add(words, switches.inputBias(), "biases of queries, keys and values");
        add(words, switches.outputBias() || switches.feedForwardBias(), "further biases");
        add(words, switches.queryKeyNorm(), "norms of queries and keys");
        add(words, switches.sandwichNorms(), "norms on both sides of a sublayer");
        add(words, switches.offsetNorms(), "norm weights stored minus 1");
        add(words, switches.gate() == ExpertGate.GELU_TANH, "GELU gate");
        add(words, switches.embeddingScale() != 1, "scaled embeddings");
        boolean capped = switches.attentionCap() > 0 && switches.outputCap() > 0;
        add(words, capped, "capped scores and logits");
        add(words, switches.experts() != null, "mixture of experts");
        return words;
    }

    private static boolean rotates(List<LayerAttention> layers, Rotation rotation) {
        return layers.stream().anyMatch(layer -> layer.rotation() == rotation);
    }

    private static void add(List<String> words, boolean holds, String word) {
        if (holds) {
            words.add(word);
        }
    }
}
