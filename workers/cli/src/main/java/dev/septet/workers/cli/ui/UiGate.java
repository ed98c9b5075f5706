package dev.septet.workers.cli.ui;

import org.jspecify.annotations.Nullable;

/**
 * The page for a request that is not admitted.
 *
 * @param status status of the answer
 * @param problem what is wrong; empty for nothing
 * @param key whether it asks for a key
 * @param provider where else a person may sign in; null = nowhere
 */
public record UiGate(
        int status, String problem, boolean key, @Nullable Provider provider) {
    /**
     * The identity provider.
     *
     * @param name its name for people
     * @param address the page's own address that begins a sign-in
     */
    public record Provider(String name, String address) {}

    /** Whether the visitor can sign in here. */
    public boolean asks() {
        return key || provider != null;
    }
}
