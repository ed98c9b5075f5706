package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Septet's own server: an OpenAI-compatible endpoint with an audit log and feedback.
 *
 * @param host the address that the server listens on
 * @param port from 1 to 65535
 * @param key the API key that clients must send; null = no key is required
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HttpSpec(String host, int port, @Nullable SecretRef key) implements TargetSpec {
    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 8080;
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");

    public HttpSpec {
        require(host.matches("[A-Za-z0-9.:-]{1,253}"), "host is an address such as 127.0.0.1, got '%s'", host);
        require(port >= 1 && port <= 65_535, "port must be from 1 to 65535, got %s", port);
        require(key != null || LOOPBACK.contains(host), "http on %s is open to others: it needs a key", host);
    }

    @Override
    public String place() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public boolean takesGguf() {
        return false;
    }
}
