package dev.septet.workers.log;

import dev.septet.settings.SecretValues;

/** Hides the secrets of this process's environment in log lines, for the case that a message of a library has one. */
final class HiddenSecrets {
    private static final SecretValues VALUES = SecretValues.inEnvironment(System.getenv());

    private HiddenSecrets() {}

    static String in(String text) {
        return VALUES.hiddenIn(text);
    }
}
