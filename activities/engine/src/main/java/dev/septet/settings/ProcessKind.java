package dev.septet.settings;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The kinds of processes that read settings. */
public enum ProcessKind {
    /** The script {@code septet}, before it starts Java. */
    LAUNCHER("launcher"),
    /** Commands that a person enters, and {@code septet dev}. */
    COMMANDS("commands"),
    /** {@code septet worker --role light}: workflows and data. */
    LIGHT("light worker"),
    /** {@code septet worker --role training}: the engine. */
    TRAINING("training worker"),
    /** {@code septet serve}. */
    SERVER("model server"),
    /** Another program that uses {@code SeptetPlugin}. */
    PLUGIN("plugin host");

    /** All processes that open the store. */
    static final Set<ProcessKind> STORE = of(COMMANDS, LIGHT, TRAINING, SERVER, PLUGIN);

    /** All of Septet's own processes. */
    static final Set<ProcessKind> SEPTET = of(COMMANDS, LIGHT, TRAINING, SERVER);

    /** All processes that connect to the Temporal server with Septet's own client. */
    static final Set<ProcessKind> CLIENTS = of(COMMANDS, LIGHT, TRAINING);

    /** All processes that the launcher or {@code septet dev} starts with {@code training.env}. */
    static final Set<ProcessKind> TUNED = of(COMMANDS, TRAINING, SERVER);

    /** All processes that run light activities. */
    static final Set<ProcessKind> LIGHT_WORK = of(LIGHT, PLUGIN);

    private final String title;

    ProcessKind(String title) {
        this.title = title;
    }

    /** The name of the process in documentation. */
    public String title() {
        return title;
    }

    static Set<ProcessKind> of(ProcessKind first, ProcessKind... more) {
        return Collections.unmodifiableSet(EnumSet.of(first, more));
    }
}
