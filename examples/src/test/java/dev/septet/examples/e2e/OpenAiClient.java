package dev.septet.examples.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** OpenAI's own Python client, in the environment that {@code .ci/python-env} makes. */
final class OpenAiClient {
    private static final int SECONDS_TO_ASK = 120;

    private OpenAiClient() {}

    /** All that it got from a server; see openai_client.py. */
    static JsonNode ask(String address, String key, String model, String prompt) throws Exception {
        Shell.Said said = Shell.run(
                Workspace.CHECKOUT,
                Map.of("NO_PROXY", "127.0.0.1"),
                List.of(
                        Python.interpreter(),
                        Path.of("src/test/python/openai_client.py")
                                .toAbsolutePath()
                                .toString(),
                        address + "/v1",
                        key,
                        model,
                        prompt),
                SECONDS_TO_ASK);
        if (said.status() != 0) {
            throw new AssertionError("OpenAI's client failed: " + said.all());
        }
        return SpecJson.mapper().readTree(said.out());
    }
}
