package dev.septet.workers.cli.ui;

/**
 * The page for a request that is not admitted.
 *
 * @param status status of the answer
 * @param problem what is wrong; empty for nothing
 * @param key whether it asks for a key
 */
public record UiGate(int status, String problem, boolean key) {}
