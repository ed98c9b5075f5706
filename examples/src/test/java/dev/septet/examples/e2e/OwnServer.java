package dev.septet.examples.e2e;

import dev.septet.workers.server.ServerPlan;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The official server and nothing else, on ports of its own. */
final class OwnServer implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final Duration START = Duration.ofMinutes(1);

    private final ServerRef server;
    private final Process process;

    private OwnServer(ServerRef server, Process process) {
        this.server = server;
        this.process = process;
    }

    /**
     * Starts it, with its database and what it says in this folder, and waits until it answers.
     *
     * <p>A port that was free when we chose it may be another program's when the server binds it,
     * and so may those that the server chooses within: one that ended is started on others.
     */
    static OwnServer start(Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("server.txt");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ServerPlan plan = ServerPlan.of(TemporalCli.path(), folder.resolve("temporal.db"), new ServerPorts(0, 0));
            Process process = new ProcessBuilder(plan.command())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            if (answers(process, plan.server())) {
                return new OwnServer(plan.server(), process);
            }
            end(process);
        }
        throw new AssertionError("no server: " + Files.readString(log));
    }

    private static boolean answers(Process process, ServerRef server) throws InterruptedException {
        Instant limit = Instant.now().plus(START);
        while (!process.waitFor(100, TimeUnit.MILLISECONDS) && Instant.now().isBefore(limit)) {
            if (ServerProbe.answers(server.address(), Duration.ofSeconds(1))) {
                return process.isAlive(); // else it is another program that answers there
            }
        }
        return false;
    }

    ServerRef server() {
        return server;
    }

    @Override
    public void close() {
        end(process);
    }

    private static void end(Process process) {
        process.destroy();
        process.onExit().join();
    }
}
