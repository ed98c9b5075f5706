package dev.septet.examples.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code ./septet serve} as a person starts it, on a port of its own. */
final class ServeStack implements AutoCloseable {
    private final Process process;
    private final String address;
    private final List<String> models = new ArrayList<>();

    private ServeStack(Process process, JsonNode said) {
        this.process = process;
        this.address = said.path("url").asText();
        said.path("models").forEach(name -> models.add(name.asText()));
    }

    /** Starts it and waits until it says where it is. */
    static ServeStack start(Path state, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Workspace.CHECKOUT.resolve("septet").toString());
        command.addAll(List.of("serve", "--json", "--port", "0"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Workspace.CHECKOUT.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(DevStack.environment(state));
        builder.environment().putAll(environment);
        Process process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null) {
            throw new AssertionError("septet serve " + List.of(arguments) + " ended at once");
        }
        return new ServeStack(process, SpecJson.mapper().readTree(line));
    }

    /** Such as {@code http://127.0.0.1:8080}. */
    String address() {
        return address;
    }

    List<String> models() {
        return models;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(45, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("septet serve did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
