package dev.septet.workers.serve;

import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A server with a model {@code m}, which repeats the last message, and a model {@code broken}, which fails. */
public final class Served implements AutoCloseable {
    private final ModelServer server;

    /** Starts it on a free port. */
    public Served() throws IOException {
        Models models = new Models();
        models.add("m", new HostedBackend("abcdef123456", ScriptedBackend.echoing()));
        models.add("broken", new HostedBackend("fedcba654321", ScriptedBackend.failing()));
        server = ModelServer.start(
                new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, AuditBook.none());
    }

    /** Posts a chat completion, and returns the response's status. */
    public int post(String body, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
        all.addAll(List.of(headers));
        return new Client(server.port())
                .post("/v1/chat/completions", body, all.toArray(new String[0]))
                .status();
    }

    @Override
    public void close() {
        server.close();
    }
}
