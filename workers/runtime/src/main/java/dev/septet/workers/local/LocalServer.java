package dev.septet.workers.local;

import dev.septet.workers.StateFolder;
import dev.septet.workers.server.BinaryFinder;
import dev.septet.workers.server.ServerPlan;
import dev.septet.workers.server.ServerPorts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Decides which server a local cluster starts. */
final class LocalServer {
    static final String NAME = "server";

    private LocalServer() {}

    /**
     * The Temporal CLI, if it is found or downloaded. Otherwise the notes tell the user what does
     * not work without it.
     */
    static Optional<Path> binary(Map<String, String> environment, Consumer<String> notes) {
        Optional<Path> binary =
                BinaryFinder.of(environment, StateFolder.data(environment)).find(notes);
        if (binary.isEmpty()) {
            List.of(
                            "WARNING: no Temporal CLI found or fetched; using the Java SDK's" + " in-memory server.",
                            "It has no Web UI, no schedules and no list of runs, and loses every"
                                    + " run when it ends.",
                            "Install the Temporal CLI (https://docs.temporal.io/cli) for the real" + " one.")
                    .forEach(notes);
        }
        return binary;
    }

    /** The Java SDK's in-memory server, for when there is no Temporal CLI. */
    static ServerPlan inMemory(StateFolder state, SelfCommand self, ServerPorts ports) {
        return ServerPlan.inMemory(self.jvm(state.logs().resolve(NAME + ".log")), ports);
    }
}
