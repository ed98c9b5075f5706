package dev.septet.workers.cli.machine;

/**
 * A setting with its effective value.
 *
 * @param value the effective value; never a secret
 * @param from the source: {@code environment}, {@code default}, or the file that has the value
 */
record EffectiveSetting(String name, String value, String from) {}
