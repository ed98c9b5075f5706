package dev.septet.workers.server;

import dev.septet.workflows.SearchTags;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.common.SearchAttributeKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How Septet starts a server.
 *
 * @param server the server as it will be when it runs
 * @param command program and arguments
 */
public record ServerPlan(ServerRef server, List<String> command) {
    private static final String HOST = "127.0.0.1";

    public ServerPlan {
        command = List.copyOf(command);
    }

    /**
     * The Temporal CLI's server with a database file, so that runs survive its restart. Every user
     * of this machine can connect to it.
     *
     * <p>By default the server polls its one history shard 20 times a second, which adds 50 ms to
     * every step of a run. The plan raises the poll rate. The journal mode makes commits cheap;
     * with {@code synchronous=normal}, a killed server loses nothing. A run writes some thousand pages, many of them again and
     * again, so the journal is taken into the database each 40 MB instead of each 4 MB, and 16 MB of pages stay in memory.
     *
     * @throws ServerProblem when a requested port is taken
     */
    public static ServerPlan of(Path binary, Path database, ServerPorts ports) {
        int port = ports.freeServer();
        int ui = ports.freeUi(port);
        return new ServerPlan(
                new ServerRef(HOST + ":" + port, ServerRef.NAMESPACE, ServerRef.Kind.OWN, "http://" + HOST + ":" + ui),
                command(binary, database, port, ui));
    }

    /**
     * The command line of the same server for ports that are known to be free.
     *
     * <p>New tasks of a queue go to one partition, because priorities order only the tasks of one
     * partition. The server still reads old partitions, because an older database may have tasks in
     * them. Work of one priority is shared fairly between teams; tasks that an earlier server queued come first.
     *
     * <p>The HTTP API cannot be turned off, and a web page could send it requests without
     * permission. It therefore accepts only a host name that no machine has.
     */
    public static List<String> command(Path binary, Path database, int port, int ui) {
        List<String> command = new ArrayList<>();
        command.add(binary.toString());
        command.addAll(List.of("server", "start-dev", "--ip", HOST));
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(List.of("--ui-port", Integer.toString(ui), "--ui-disable-news-fetch"));
        command.addAll(List.of("--db-filename", database.toString()));
        command.addAll(List.of("--sqlite-pragma", "journal_mode=wal"));
        command.addAll(List.of("--sqlite-pragma", "synchronous=normal"));
        command.addAll(List.of("--sqlite-pragma", "wal_autocheckpoint=10000"));
        command.addAll(List.of("--sqlite-pragma", "cache_size=-16384"));
        command.addAll(List.of(
                "--dynamic-config-value",
                "history.transferProcessorMaxPollRPS=2000",
                "--dynamic-config-value",
                "frontend.httpAllowedHosts=[\"none.invalid\"]",
                "--dynamic-config-value",
                "matching.numTaskqueueWritePartitions=1",
                "--dynamic-config-value",
                "matching.enableFairness=true",
                "--log-level",
                "warn"));
        // A run that sets an unregistered search attribute would be stuck forever.
        for (SearchAttributeKey<?> key : SearchTags.ALL) {
            command.addAll(List.of("--search-attribute", key.getName() + "=" + type(key)));
        }
        return command;
    }

    /**
     * The attribute's type as the command line names it, such as {@code Keyword} or {@code Double}.
     */
    private static String type(SearchAttributeKey<?> key) {
        return key.getValueType() == IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE ? "Double" : "Keyword";
    }

    /**
     * The in-memory server in a JVM of its own, for when there is no Temporal CLI.
     *
     * @param java command that starts a JVM with this program's class path
     */
    public static ServerPlan inMemory(List<String> java, ServerPorts ports) {
        int port = ports.freeServer();
        List<String> command = new ArrayList<>(java);
        command.add(InMemoryServer.class.getName());
        command.add(Integer.toString(port));
        return new ServerPlan(
                new ServerRef(HOST + ":" + port, ServerRef.NAMESPACE, ServerRef.Kind.IN_MEMORY, null), command);
    }

    /** The preferred port, or any free port when it is taken. */
    static int free(int preferred) {
        for (int port : new int[] {preferred, 0}) {
            try (ServerSocket socket = new ServerSocket()) {
                // Without this, a port that was in use a moment ago counts as taken.
                socket.setReuseAddress(true);
                socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return socket.getLocalPort();
            } catch (IOException inUse) {
                // Taken: try the next choice.
            }
        }
        throw new ServerProblem("no free port on " + HOST);
    }
}
