package dev.septet.workers.serve.http;

import java.util.Set;

/**
 * The rules for access to the server.
 *
 * @param loopback whether the server listens on the loopback interface only
 * @param proxies addresses of proxies whose {@code X-Forwarded-For} is trusted
 */
public record AccessRules(KeyRing keys, boolean loopback, Set<String> proxies) {
    public AccessRules {
        proxies = Set.copyOf(proxies);
    }
}
