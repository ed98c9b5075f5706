package dev.septet.workers.log;

/** How log lines look on standard output. */
public enum LogFormat {
    /** A line for people. */
    PLAIN,
    /** A JSON object a line, for log collectors. */
    JSON,
    /** Nothing is written there. */
    NONE
}
