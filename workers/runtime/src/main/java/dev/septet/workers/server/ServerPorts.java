package dev.septet.workers.server;

import org.jspecify.annotations.Nullable;

/**
 * Ports that a server of our own is asked to listen on.
 *
 * @param server of its gRPC front end; 0 = any free one; null = the usual one, or any free one
 *     where it is taken
 * @param ui of its Web UI; 0 = any free one; null = as far above the server's as usual, or any free
 *     one
 */
public record ServerPorts(
        @Nullable Integer server, @Nullable Integer ui) {
    /** Nobody asked for any. */
    public static final ServerPorts USUAL = new ServerPorts(null, null);

    private static final int LARGEST = 65_535;

    /**
     * The server's port.
     *
     * @throws ServerProblem when the wanted one is taken
     */
    public int freeServer() {
        return free(server, ServerFinder.PORT, "--port");
    }

    /**
     * The Web UI's.
     *
     * @param server the port that the server got
     * @throws ServerProblem when the wanted one is taken
     */
    public int freeUi(int server) {
        int usual = server + ServerFinder.UI_PORT - ServerFinder.PORT;
        return free(ui, usual <= LARGEST ? usual : 0, "--ui-port");
    }

    private static int free(@Nullable Integer wanted, int usual, String option) {
        int port = ServerPlan.free(wanted == null ? usual : wanted);
        if (wanted != null && wanted != 0 && port != wanted) {
            throw new ServerProblem(
                    "port %d of this machine is taken. Give another one to %s; 0 takes any that is free."
                            .formatted(wanted, option));
        }
        return port;
    }
}
