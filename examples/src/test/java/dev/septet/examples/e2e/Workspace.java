package dev.septet.examples.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder with a pipeline of its own: the quickstart's base model, some of its tickets, and a file
 * of few steps.
 *
 * @param folder where the pipeline file is
 */
record Workspace(Path folder) {
    static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Path QUICKSTART = CHECKOUT.resolve("examples/quickstart");

    /** As .gitignore has them. */
    private static final Set<String> LEFT_BY_RUNS = Set.of("models", "audit.jsonl");

    /** Makes one. */
    static Workspace in(Path root, String name, int rows, String pipeline) throws IOException {
        Path folder = root.resolve(name);
        Files.createDirectories(folder.resolve("data"));
        copy(QUICKSTART.resolve("base-model"), folder.resolve("base-model"));
        List<String> tickets = Files.readAllLines(QUICKSTART.resolve("data/tickets.jsonl"));
        Files.write(folder.resolve("data/tickets.jsonl"), tickets.subList(0, rows));
        Files.copy(QUICKSTART.resolve("data/general.jsonl"), folder.resolve("data/general.jsonl"));
        Workspace workspace = new Workspace(folder);
        workspace.write(pipeline.replace("NAME", name));
        return workspace;
    }

    Path file() {
        return folder.resolve("pipeline.groovy");
    }

    void write(String pipeline) throws IOException {
        Files.writeString(file(), pipeline, StandardCharsets.UTF_8);
    }

    String text() throws IOException {
        return Files.readString(file());
    }

    /** From now on every ticket is answered politely, and routed nowhere. */
    void mislabel() throws IOException {
        Path tickets = folder.resolve("data/tickets.jsonl");
        List<String> wrong = new ArrayList<>();
        for (String row : Files.readAllLines(tickets)) {
            JsonNode chat = SpecJson.mapper().readTree(row);
            for (JsonNode message : chat.path("messages")) {
                if (message.path("role").asText().equals("assistant")) {
                    ((ObjectNode) message).put("content", "Thank you. We will look at it.");
                }
            }
            wrong.add(chat.toString());
        }
        Files.write(tickets, wrong);
    }

    /** Copies an example, without what runs of it have left there. */
    static void example(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> parts = Files.list(from)) {
            for (Path part :
                    parts.filter(part -> !LEFT_BY_RUNS.contains(name(part))).toList()) {
                copy(part, to.resolve(name(part)));
            }
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
