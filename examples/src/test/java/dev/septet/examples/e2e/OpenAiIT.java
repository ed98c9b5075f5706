package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own client against {@code ./septet serve}, with keys. */
@Tag("long")
class OpenAiIT {
    private static final Path MODEL = Workspace.CHECKOUT.resolve("examples/quickstart/base-model");
    private static final String KEY = "a-key-that-is-long-enough";
    private static final String PROMPT = "My parcel never came, where is it?";

    @Test
    void itsClientUnderstandsEveryAnswer(@TempDir Path root) throws Exception {
        Path keys = Files.writeString(root.resolve("keys.txt"), "# who\n" + KEY + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        try (ServeStack serve = ServeStack.start(root, Map.of(), "--key-file", keys.toString(), "small=" + MODEL)) {
            assertThat(serve.models()).containsExactly("small");
            JsonNode said = OpenAiClient.ask(serve.address(), KEY, "small", PROMPT);

            check(said, MODEL, "small");
            JsonNode wrongKey = said.path("errors").path("key");
            assertThat(wrongKey.path("class").asText()).isEqualTo("AuthenticationError");
            assertThat(wrongKey.path("status").asInt()).isEqualTo(401);
            assertThat(wrongKey.path("code").asText()).isEqualTo("invalid_api_key");
        }
    }

    /** The base model, with a template of another model that has tools. */
    @Test
    void itsClientCallsToolsAndParsesFormats(@TempDir Path root) throws Exception {
        Path model = Files.createDirectory(root.resolve("tools"));
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Path config = model.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"max_position_embeddings\" : 512", "\"max_position_embeddings\" : 2048"));
        Files.copy(
                Workspace.CHECKOUT.resolve(
                        "activities/engine/src/test/resources/dev/septet/llm/template/styles/hermes_tools.jinja"),
                model.resolve("chat_template.jinja"));
        Path keys = Files.writeString(root.resolve("keys.txt"), KEY + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        try (ServeStack serve = ServeStack.start(root, Map.of(), "--key-file", keys.toString(), "small=" + model)) {
            JsonNode said = OpenAiClient.callTools(serve.address(), KEY, "small");
            assertThat(said.path("finish").asText()).isEqualTo("tool_calls");
            assertThat(said.at("/calls/0/name").asText()).isEqualTo("weather");
            assertThat(said.at("/calls/0/arguments/days").asInt()).isBetween(1, 3);
            assertThat(said.path("streamed")).isEqualTo(said.path("calls"));
            assertThat(said.at("/formatted/rain").isBoolean()).isTrue();
            assertThat(said.at("/formatted/place").asText()).isIn("Bonn", "K\u00f6ln");
            assertThat(said.at("/logs/text").asText())
                    .isEqualTo(said.at("/logs/answer").asText());
            assertThat(said.at("/refused/code").asText()).isEqualTo("unsupported_schema");
        }
    }

    /** What holds for every server and model folder. */
    static void check(JsonNode said, Path folder, String name) {
        assertThat(said.path("models").toString()).contains("\"" + name + "\"");
        assertThat(said.path("retrieved").asText()).isEqualTo(name);
        String text = said.at("/chat/text").asText();
        try (OurModel ours = new OurModel(folder)) {
            assertThat(text).isEqualTo(ours.answer(ours.rendered(PROMPT), 48)).isNotBlank();
        }
        assertThat(said.at("/chat/role").asText()).isEqualTo("assistant");
        assertThat(said.at("/chat/fingerprint").asText()).matches("[0-9a-f]{12}");
        assertThat(said.at("/chat/usage/total_tokens").asInt())
                .isEqualTo(said.at("/chat/usage/prompt_tokens").asInt()
                        + said.at("/chat/usage/completion_tokens").asInt());
        assertThat(said.at("/stream/text").asText()).isEqualTo(text);
        assertThat(said.at("/stream/pieces").asInt()).isGreaterThan(2);
        assertThat(said.at("/stream/finish").asText())
                .isEqualTo(said.at("/chat/finish").asText());
        assertThat(said.at("/stream/completion_tokens").asInt())
                .isEqualTo(said.at("/chat/usage/completion_tokens").asInt());
        String stop = said.at("/stopped/stop").asText();
        assertThat(said.at("/stopped/text").asText()).isEqualTo(text.substring(0, text.indexOf(stop)));
        assertThat(said.at("/stopped/finish").asText()).isEqualTo("stop");
        assertThat(said.path("short").asText()).isEqualTo("length");
        assertThat(said.at("/completion/stream").asText())
                .isEqualTo(said.at("/completion/text").asText())
                .isNotEmpty();
        JsonNode sampled = said.path("sampled");
        assertThat(sampled.get(0)).as("the same seed").isEqualTo(sampled.get(1));
        assertThat(sampled.get(0)).as("another seed").isNotEqualTo(sampled.get(2));
        JsonNode errors = said.path("errors");
        assertThat(errors.at("/model/class").asText()).isEqualTo("NotFoundError");
        assertThat(errors.at("/model/code").asText()).isEqualTo("model_not_found");
        assertThat(errors.at("/empty/class").asText()).isEqualTo("BadRequestError");
        assertThat(errors.at("/empty/param").asText()).isEqualTo("messages");
        assertThat(errors.at("/tokens/code").asText()).isEqualTo("context_length_exceeded");
    }

    static String prompt() {
        return PROMPT;
    }
}
