package dev.septet.activities.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The address of a pipeline's {@code http} target.
 *
 * @param host the address that the server listens on
 * @param key name of the secret that clients send as their API key; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Endpoint(String host, int port, @Nullable String key) {
    /** The endpoint of a pipeline's {@code http} target; null when it has none. */
    public static @Nullable Endpoint of(List<TargetSpec> targets) {
        for (TargetSpec target : targets) {
            if (target instanceof HttpSpec http) {
                SecretRef key = http.key();
                return new Endpoint(http.host(), http.port(), key == null ? null : key.name());
            }
        }
        return null;
    }

    /** The endpoint's URL. */
    public String url() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Whether one server can serve both endpoints. */
    public boolean sameAddress(Endpoint other) {
        return host.equals(other.host) && port == other.port;
    }
}
