package dev.septet.llm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.Tiny;
import dev.septet.llm.model.config.ModelConfig;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers in a config.json that would allocate without a bound are refused before that. */
@Timeout(60)
class HostileConfigTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "num_hidden_layers, 2147483647",
        "num_hidden_layers, 1025",
        "num_hidden_layers, 1e300",
        "num_hidden_layers, -1",
        "num_hidden_layers, 1.5",
        "hidden_size, 2147483640",
        "num_attention_heads, 2147483647",
        "num_key_value_heads, 2147483647",
        "head_dim, 2147483646",
        "intermediate_size, 2147483647",
        "vocab_size, 2147483647",
        "vocab_size, 0",
        "max_position_embeddings, 2147483647",
        "rms_norm_eps, -1",
        "rms_norm_eps, 1e999",
    })
    void aNumberBeyondAnyModelIsRefusedByItsName(String field, String value) throws Exception {
        ObjectNode config = config();
        config.set(field, MAPPER.readTree(value));
        assertRefused(config.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"hidden_size\":262144,\"num_attention_heads\":4096,\"num_key_value_heads\":4096,\"head_dim\":16384}",
                "{\"num_hidden_layers\":1024,\"hidden_size\":262144,\"intermediate_size\":1048576}",
                "{\"model_type\":\"mixtral\",\"num_local_experts\":2147483647}",
                "{\"model_type\":\"mixtral\",\"num_local_experts\":1024,\"hidden_size\":65536,\"intermediate_size\":1048576,\"num_hidden_layers\":200}",
                "{\"model_type\":\"mixtral\",\"num_local_experts\":2,\"num_experts_per_tok\":3}",
                "{\"model_type\":\"gemma3_text\",\"num_hidden_layers\":2147483647}",
                "{\"model_type\":\"smollm3\",\"num_hidden_layers\":2147483647}",
                "{\"model_type\":\"../../etc/passwd\"}",
                "{\"hidden_size\":\"64\"}",
                "{\"rope_parameters\":{\"rope_type\":\"yarn\",\"factor\":1e999}}"
            })
    void productsAndKindsAreBoundedToo(String changes) throws Exception {
        ObjectNode config = config();
        config.setAll((ObjectNode) MAPPER.readTree(changes));
        assertRefused(config.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "{", "{\"a\":", "\u0000"})
    void whatIsNoObjectIsRefused(String text) throws Exception {
        assertRefused(text);
    }

    private void assertRefused(String config) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        long before = Runtime.getRuntime().totalMemory();
        assertThatThrownBy(() -> ModelConfig.read(folder))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("config.json");
        assertThat(Runtime.getRuntime().totalMemory() - before).isLessThan(256L << 20);
    }

    private static ObjectNode config() throws IOException, URISyntaxException {
        return (ObjectNode) MAPPER.readTree(Tiny.base().resolve("config.json").toFile());
    }
}
