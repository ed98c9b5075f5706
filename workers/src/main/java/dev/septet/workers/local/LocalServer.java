package dev.septet.workers.local;

import dev.septet.workers.StateFolder;
import dev.septet.workers.server.BinaryFinder;
import dev.septet.workers.server.ServerPlan;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Decides what a server of our own is started with. */
final class LocalServer {
    static final String NAME = "server";

    private LocalServer() {}

    static ServerPlan plan(
            Map<String, String> environment,
            StateFolder state,
            SelfCommand self,
            Consumer<String> notes) {
        Optional<Path> binary =
                BinaryFinder.of(environment, StateFolder.data(environment)).find(notes);
        if (binary.isPresent()) {
            return ServerPlan.of(binary.get(), state.database());
        }
        List.of(
                        "WARNING: no Temporal CLI found or fetched; using the Java SDK's in-memory server.",
                        "It has no Web UI, no schedules and no list of runs, and forgets every run when it ends.",
                        "Install the Temporal CLI (https://docs.temporal.io/cli) for the real one.")
                .forEach(notes);
        return ServerPlan.inMemory(self.jvm(state.logs().resolve(NAME + ".log")));
    }
}
