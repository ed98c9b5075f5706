package dev.septet.workers.log;

/** The format of log lines on standard output or standard error. */
public enum LogFormat {
    /** A plain text line. */
    PLAIN,
    /** One JSON object per line, for log collectors. */
    JSON,
    /** No log lines there. */
    NONE
}
