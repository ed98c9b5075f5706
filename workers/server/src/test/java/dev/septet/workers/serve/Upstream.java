package dev.septet.workers.serve;

import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.ModelEndpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** A service as the operator of a model server declares it. */
final class Upstream {
    static final String KEY = "sk-upstream-0123456789";

    private Upstream() {}

    /** The service {@code service} at a port of this machine. */
    static ModelEndpoints endpoints(Path folder, int port) throws IOException {
        return endpoints(folder, port, Map.of("SERVICE_KEY", KEY));
    }

    static ModelEndpoints endpoints(Path folder, int port, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(
                folder.resolve("trainers.yaml"),
                String.format(
                        Locale.ROOT,
                        "endpoints: {service: {url: 'http://127.0.0.1:%d/v1', key: SERVICE_KEY, models: [small]}}\n",
                        port));
        return new ModelEndpoints(file, environment);
    }

    static EndpointCompletions model(ModelEndpoints endpoints) {
        return EndpointCompletions.of(endpoints, "test", "service", "tuned");
    }
}
