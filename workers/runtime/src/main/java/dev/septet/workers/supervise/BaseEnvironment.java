package dev.septet.workers.supervise;

import java.util.Set;

/** The environment variables that every child process gets. None of them holds a secret. */
public final class BaseEnvironment {
    private static final Set<String> NAMES = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "SHELL",
            "LANG",
            "LANGUAGE",
            "TZ",
            "TMPDIR",
            "TMP",
            "TEMP",
            "LD_LIBRARY_PATH",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "JAVA_HOME",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS");

    private BaseEnvironment() {}

    /** Whether every process gets the variable of this name. */
    public static boolean holds(String name) {
        return NAMES.contains(name) || name.startsWith("LC_") || name.startsWith("XDG_");
    }
}
