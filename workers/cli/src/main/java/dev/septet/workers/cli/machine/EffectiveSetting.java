package dev.septet.workers.cli.machine;

/**
 * A setting as it takes effect.
 *
 * @param value never a secret
 * @param from {@code environment}, {@code default}, or the file that says it
 */
record EffectiveSetting(String name, String value, String from) {}
