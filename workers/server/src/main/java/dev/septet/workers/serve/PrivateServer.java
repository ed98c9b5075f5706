package dev.septet.workers.serve;

import dev.septet.activities.deploy.chain.EndpointHost;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A model server on a free port of this machine, without audit log, for checks before deployment.
 */
public final class PrivateServer implements EndpointHost {
    private static final String HOST = "127.0.0.1";

    @Override
    public Running start(String name, Path model) throws IOException {
        Models models = new Models();
        models.add(name, new HostedBackend("proof", EngineBackend.open(model)));
        try {
            return new Private(ModelServer.start(
                    new ServeSettings(HOST, 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, AuditBook.none()));
        } catch (IOException | RuntimeException e) {
            models.close();
            throw e;
        }
    }

    private record Private(ModelServer server) implements Running {
        @Override
        public URI address() {
            return URI.create(String.format(Locale.ROOT, "http://%s:%d", HOST, server.port()));
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
