package dev.septet.workers.log;

import java.nio.file.Path;

/**
 * The log of one of Septet's own processes. Its configuration lies below a package, not at the
 * class path's root, where a program that embeds Septet would take it for its own.
 */
public final class ProcessLog {
    /** The system property that names the log file. */
    public static final String FILE = "septet.log";

    private static final String CONFIGURATION = "logback.configurationFile";
    private static final String OURS = "dev/septet/workers/log/septet-logback.xml";

    private ProcessLog() {}

    /**
     * Configures logging, unless the process was started with settings of its own. Called before
     * the first logger is made: logback reads them once.
     */
    public static void configure(Path file) {
        if (System.getProperty(FILE) == null) {
            System.setProperty(FILE, file.toString());
        }
        if (System.getProperty(CONFIGURATION) == null) {
            System.setProperty(CONFIGURATION, OURS);
        }
    }

    /** The option that gives another JVM of Septet's the same configuration. */
    public static String option() {
        return "-D" + CONFIGURATION + "=" + OURS;
    }
}
