package dev.septet.workers.serve.http;

import java.util.Set;

/**
 * Who may connect and ask.
 *
 * @param loopback whether only this machine can connect
 * @param proxies addresses whose {@code X-Forwarded-For} is believed
 */
public record AccessRules(KeyRing keys, boolean loopback, Set<String> proxies) {
    public AccessRules {
        proxies = Set.copyOf(proxies);
    }
}
