package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.gguf.GgufImport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GGUF files by their names, whole and quantised; a damaged one beside them ends nothing. */
@Tag("long")
class GgufServeIT {
    private static final Path MODEL = Workspace.CHECKOUT.resolve("examples/quickstart/base-model");

    @Test
    void bothKindsAnswerAndStream(@TempDir Path root) throws Exception {
        Path whole = root.resolve("whole.gguf");
        Path small = root.resolve("small.gguf");
        GgufExport.write(ModelFolder.open(MODEL), whole, "whole", GgufForm.F16);
        GgufExport.write(ModelFolder.open(MODEL), small, "small", GgufForm.Q8_0);
        try (ServeStack serve = ServeStack.start(
                root,
                Map.of("XDG_CACHE_HOME", root.resolve("cache").toString()),
                whole.toString(),
                Files.write(root.resolve("broken.gguf"), new byte[] {'G', 'G', 'U', 'F', 3})
                        .toString(),
                "tiny=" + small)) {
            assertThat(serve.models()).containsExactly("tiny", "whole");
            JsonNode quantised = OpenAiClient.ask(serve.address(), "unused", "tiny", OpenAiIT.prompt());
            String text = quantised.at("/chat/text").asText();
            GgufImport.write(small, root.resolve("meant"), ElementType.F32);
            try (OurModel ours = new OurModel(root.resolve("meant"))) {
                assertThat(text).isEqualTo(ours.answer(ours.rendered(OpenAiIT.prompt()), 48));
            }
            assertThat(quantised.at("/stream/text").asText()).isEqualTo(text);
            assertThat(quantised.at("/stream/pieces").asInt()).isGreaterThan(2);
            assertThat(quantised.path("short").asText()).isEqualTo("length");
            assertThat(quantised.at("/stopped/finish").asText()).isEqualTo("stop");
            assertThat(text).startsWith(quantised.at("/stopped/text").asText());
            assertThat(quantised.at("/stopped/text").asText())
                    .doesNotContain(quantised.at("/stopped/stop").asText());
            assertThat(quantised.path("sampled").get(0))
                    .as("the same seed")
                    .isEqualTo(quantised.path("sampled").get(1));

            JsonNode exact = OpenAiClient.ask(serve.address(), "unused", "whole", OpenAiIT.prompt());
            assertThat(exact.at("/chat/text").asText()).isNotBlank();
            assertThat(exact.at("/stream/text").asText())
                    .isEqualTo(exact.at("/chat/text").asText());
        }
    }

    @Test
    void aDamagedFileIsRefusedInPlainWords(@TempDir Path root) throws Exception {
        Path broken = Files.write(root.resolve("broken.gguf"), new byte[] {'G', 'G', 'U', 'F', 3});
        Shell.Said said = Shell.run(
                root,
                DevStack.environment(root.resolve("state")),
                Workspace.CHECKOUT.resolve("septet").toString(),
                "serve",
                "--port",
                "0",
                broken.toString());

        assertThat(said.status()).isEqualTo(1);
        assertThat(said.err()).contains("broken.gguf").doesNotContain("\tat ");
    }
}
