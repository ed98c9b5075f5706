package dev.septet.workers.serve;

import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.KeyRing;
import dev.septet.workers.serve.http.ServeLimits;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server is started with.
 *
 * @param host address or name to listen on
 * @param port 0 takes a free one
 * @param proxies addresses whose {@code X-Forwarded-For} is believed
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

    /** With keys that stay as they are, and no proxy. */
    public ServeSettings(String host, int port, ApiKeys keys, ServeLimits limits) {
        this(host, port, KeyRing.fixed(keys), limits, Set.of(), null);
    }
}
