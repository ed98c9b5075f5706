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

/** Decides what a server of our own is started with. */
final class LocalServer {
    static final String NAME = "server";

    private LocalServer() {}

    /** The Temporal CLI, where it is found or fetched; what is missing without it is said. */
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

    /** A server inside a JVM, for want of the real one. */
    static ServerPlan inMemory(StateFolder state, SelfCommand self, ServerPorts ports) {
        return ServerPlan.inMemory(self.jvm(state.logs().resolve(NAME + ".log")), ports);
    }
}
