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
 * How to start a server of our own.
 *
 * @param server what it will be once it runs
 * @param command program and arguments
 */
public record ServerPlan(ServerRef server, List<String> command) {
    private static final String HOST = "127.0.0.1";

    public ServerPlan {
        command = List.copyOf(command);
    }

    /**
     * The Temporal CLI's server on a database file, so that runs survive its restart, open to every
     * user of this machine.
     *
     * <p>Its one history shard is polled 20 times a second by default, 50 ms for every hop of a
     * run: the poll rate is raised. The journal mode makes its commits cheap; with {@code
     * synchronous=normal} a killed server loses nothing.
     *
     * @throws ServerProblem when a port that was asked for is taken
     */
    public static ServerPlan of(Path binary, Path database, ServerPorts ports) {
        int port = ports.freeServer();
        int ui = ports.freeUi(port);
        return new ServerPlan(
                new ServerRef(HOST + ":" + port, ServerRef.NAMESPACE, ServerRef.Kind.OWN, "http://" + HOST + ":" + ui),
                command(binary, database, port, ui));
    }

    /**
     * The same server's command line for ports that are known to be free.
     *
     * <p>New tasks of a queue go to one partition, because priorities order the tasks of a
     * partition only. Old partitions are still read: a database of before may have tasks in them.
     *
     * <p>Its HTTP API, which cannot be turned off, answers to a host name that nobody has: a web
     * page could send it requests that need no permission.
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
        command.addAll(List.of(
                "--dynamic-config-value",
                "history.transferProcessorMaxPollRPS=2000",
                "--dynamic-config-value",
                "frontend.httpAllowedHosts=[\"none.invalid\"]",
                "--dynamic-config-value",
                "matching.numTaskqueueWritePartitions=1",
                "--log-level",
                "warn"));
        // A run that sets one which is not registered would be stuck for ever.
        for (SearchAttributeKey<?> key : SearchTags.ALL) {
            command.addAll(List.of("--search-attribute", key.getName() + "=" + type(key)));
        }
        return command;
    }

    /** {@code Keyword}, {@code Double}: the command line's words. */
    private static String type(SearchAttributeKey<?> key) {
        return key.getValueType() == IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE ? "Double" : "Keyword";
    }

    /**
     * The last resort, in a JVM of its own.
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

    /** The preferred port, or any free one when something else has it. */
    static int free(int preferred) {
        for (int port : new int[] {preferred, 0}) {
            try (ServerSocket socket = new ServerSocket()) {
                // Without it a port that was in use a moment ago counts as taken.
                socket.setReuseAddress(true);
                socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next choice.
            }
        }
        throw new ServerProblem("no free port on " + HOST);
    }
}
