package dev.septet.workers;

import dev.septet.workers.server.ServerRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A worker process of both roles: its settings come from the environment, as in production. */
final class TeamWorker {
    private TeamWorker() {}

    /** Arguments: address of the server, state folder, folder with pipelines. */
    public static void main(String[] args) throws IOException {
        new WorkerProcess(
                        WorkerSettings.of(Role.ALL, new StateFolder(Path.of(args[1])), List.of(Path.of(args[2]))),
                        new ServerRef(args[0], ServerRef.NAMESPACE, ServerRef.Kind.OWN, null))
                .run();
    }
}
