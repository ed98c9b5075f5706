package dev.septet.workers.serve;

import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.KeyRing;
import dev.septet.workers.serve.http.ServeLimits;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a model server.
 *
 * @param host address or name to listen on
 * @param port port to listen on; 0 = any free port
 * @param proxies addresses of proxies whose {@code X-Forwarded-For} is trusted
 * @param tls null for plain HTTP
 */
public record ServeSettings(
        String host,
        int port,
        KeyRing keys,
        ServeLimits limits,
        Set<String> proxies,
        @Nullable TlsFiles tls) {
    public ServeSettings {
        proxies = Set.copyOf(proxies);
    }

    /** Settings with fixed keys, plain HTTP and no proxy. */
    public ServeSettings(String host, int port, ApiKeys keys, ServeLimits limits) {
        this(host, port, KeyRing.fixed(keys), limits, Set.of(), null);
    }
}
