package dev.septet.activities.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a pipeline's {@code http} target answers.
 *
 * @param host the address that the server listens on
 * @param key name of the secret that clients send as their API key; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Endpoint(String host, int port, @Nullable String key) {
    /** Where these targets want to be served; null where none of them is {@code http}. */
    public static @Nullable Endpoint of(List<TargetSpec> targets) {
        for (TargetSpec target : targets) {
            if (target instanceof HttpSpec http) {
                SecretRef key = http.key();
                return new Endpoint(http.host(), http.port(), key == null ? null : key.name());
            }
        }
        return null;
    }

    /** The address as people write it. */
    public String url() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Whether one server can be both. */
    public boolean sameAddress(Endpoint other) {
        return host.equals(other.host) && port == other.port;
    }
}
