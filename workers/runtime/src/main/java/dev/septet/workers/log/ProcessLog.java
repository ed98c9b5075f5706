package dev.septet.workers.log;

import java.nio.file.Path;

/**
 * Configures the log of one of Septet's own processes. The configuration file is in a package,
 * because a program that embeds Septet would load a file at the class path's root.
 */
public final class ProcessLog {
    /** The system property that names the log file. */
    public static final String FILE = "septet.log";

    private static final String CONFIGURATION = "logback.configurationFile";
    private static final String OURS = "dev/septet/workers/log/septet-logback.xml";

    private ProcessLog() {}

    /**
     * Configures logging, unless the process was started with its own logback settings. Call it
     * before the first logger is created, because logback reads the settings once.
     */
    public static void configure(Path file) {
        if (System.getProperty(FILE) == null) {
            System.setProperty(FILE, file.toString());
        }
        if (System.getProperty(CONFIGURATION) == null) {
            System.setProperty(CONFIGURATION, OURS);
        }
    }

    /** The JVM option that gives another process of Septet the same configuration. */
    public static String option() {
        return "-D" + CONFIGURATION + "=" + OURS;
    }
}
