package dev.septet.examples.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** OpenAI's own Python client, in the environment that {@code .ci/python-env} makes. */
final class OpenAiClient {
    private static final int SECONDS_TO_ASK = 120;

    private OpenAiClient() {}

    /** All that it got from a server; see openai_client.py. */
    static JsonNode ask(String address, String key, String model, String prompt) throws Exception {
        return run("openai_client.py", address, key, model, prompt);
    }

    /** A tool loop, required formats and log-probabilities; see openai_tools.py. */
    static JsonNode callTools(String address, String key, String model) throws Exception {
        return run("openai_tools.py", address, key, model);
    }

    private static JsonNode run(String script, String address, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Python.interpreter(),
                Path.of("src/test/python", script).toAbsolutePath().toString(),
                address + "/v1"));
        command.addAll(List.of(arguments));
        Shell.Said said = Shell.run(Workspace.CHECKOUT, Map.of("NO_PROXY", "127.0.0.1"), command, SECONDS_TO_ASK);
        if (said.status() != 0) {
            throw new AssertionError("OpenAI's client failed: " + said.all());
        }
        return SpecJson.mapper().readTree(said.out());
    }
}
