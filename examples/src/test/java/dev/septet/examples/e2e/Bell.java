package dev.septet.examples.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Whoever is told of runs: a program of the operator's, and an address on this machine. */
final class Bell implements AutoCloseable {
    private final Path commands;
    private final HttpServer server;
    private final List<JsonNode> posted = new CopyOnWriteArrayList<>();
    private final List<String> signatures = new CopyOnWriteArrayList<>();

    /**
     * Listens from now on.
     *
     * @param commands the operator's folder of programs, made here
     */
    Bell(Path commands) throws IOException {
        this.commands = Files.createDirectories(commands);
        Path program = Files.writeString(
                commands.resolve("ring"), "#!/bin/sh\n{ cat; echo; } >> \"$(dirname \"$0\")/rung\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            posted.add(SpecJson.mapper().readTree(exchange.getRequestBody()));
            signatures.add(exchange.getRequestHeaders().getFirst("X-Septet-Signature"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
    }

    /** What the workers need to know. */
    Map<String, String> environment() {
        return Map.of(
                "SEPTET_NOTIFY_COMMANDS",
                commands.toString(),
                "SEPTET_NOTIFY_PRIVATE",
                "allow",
                "SEPTET_SECRET_HOOK_KEY",
                "k3y",
                "SEPTET_SECRET_HOOK_KEY_PIPELINES",
                "*");
    }

    String url() {
        return String.format(
                Locale.ROOT, "http://127.0.0.1:%d/hook", server.getAddress().getPort());
    }

    /** What the program was told, in its order. */
    List<JsonNode> rung() throws IOException {
        List<JsonNode> notices = new ArrayList<>();
        for (String line : Files.readAllLines(commands.resolve("rung"))) {
            notices.add(SpecJson.mapper().readTree(line));
        }
        return notices;
    }

    /** What the address was told, in its order. */
    List<JsonNode> posted() {
        return List.copyOf(posted);
    }

    /** Of what the address was told. */
    List<String> signatures() {
        return List.copyOf(signatures);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
