package dev.septet.workers.local;

import static org.awaitility.Awaitility.await;

import dev.septet.workers.server.ServerPlan;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.supervise.Backoff;
import dev.septet.workers.supervise.ProcessSpec;
import dev.septet.workers.supervise.Supervisor;
import dev.septet.workers.supervise.SupervisorEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real Temporal server on a free port, for tests in one JVM. */
public final class RealServer implements AutoCloseable {
    private final Supervisor supervisor;
    private final Connection connection;

    private RealServer(Supervisor supervisor, Connection connection) {
        this.supervisor = supervisor;
        this.connection = connection;
    }

    /** Starts it with its database in this folder. */
    public static RealServer start(Path folder) throws IOException {
        return start(folder, plan(folder));
    }

    /** One that somebody else has set up: it knows none of Septet's search attributes. */
    public static RealServer bare(Path folder) throws IOException {
        ServerPlan plan = plan(folder);
        List<String> command = new ArrayList<>(plan.command());
        for (int at = command.indexOf("--search-attribute"); at >= 0; at = command.indexOf("--search-attribute")) {
            command.subList(at, at + 2).clear();
        }
        return start(folder, new ServerPlan(plan.server(), command));
    }

    /** One that dispatches the tasks of a priority in their order. */
    public static RealServer unfair(Path folder) throws IOException {
        ServerPlan plan = plan(folder);
        List<String> command = new ArrayList<>(plan.command());
        command.replaceAll(
                word -> word.equals("matching.enableFairness=true") ? "matching.enableFairness=false" : word);
        return start(folder, new ServerPlan(plan.server(), command));
    }

    private static ServerPlan plan(Path folder) {
        return ServerPlan.of(RealBinary.path(), folder.resolve("temporal.db"), new ServerPorts(0, 0));
    }

    private static RealServer start(Path folder, ServerPlan plan) throws IOException {
        Supervisor supervisor = new Supervisor(folder, Backoff.DEFAULT, new Silent());
        supervisor.keep(new ProcessSpec("server", plan.command(), Map.of(), folder.resolve("server.out"), 5));
        Connection connection = Connection.open(plan.server());
        await().atMost(Duration.ofMinutes(2))
                .until(() -> ServerProbe.answers(connection.stubs(), Duration.ofSeconds(1)));
        return new RealServer(supervisor, connection);
    }

    public Connection connection() {
        return connection;
    }

    @Override
    public void close() {
        connection.close();
        supervisor.close();
    }

    private static final class Silent implements SupervisorEvents {
        @Override
        public void died(String name, int status) {
            // The test sees it by what it asks the server.
        }

        @Override
        public void keepsDying(String name, Path log) {
            // As above.
        }
    }
}
