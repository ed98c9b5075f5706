package dev.septet.workers.server;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The ports that are requested for a server that Septet starts.
 *
 * @param server port of its gRPC frontend; 0 = any free port; null = the usual port, or any free
 *     port if that is taken
 * @param ui port of its Web UI; 0 = any free port; null = the usual distance above the server's
 *     port, or any free port if that is taken
 */
public record ServerPorts(
        @Nullable Integer server, @Nullable Integer ui) {
    /** No ports are requested. */
    public static final ServerPorts USUAL = new ServerPorts(null, null);

    private static final int LARGEST = 65_535;

    /**
     * Chooses the server's port.
     *
     * @throws ServerProblem when the requested port is taken
     */
    public int freeServer() {
        return free(server, ServerFinder.PORT, "--port");
    }

    /**
     * Chooses the Web UI's port.
     *
     * @param server the server's chosen port
     * @throws ServerProblem when the requested port is taken
     */
    public int freeUi(int server) {
        int usual = server + ServerFinder.UI_PORT - ServerFinder.PORT;
        return free(ui, usual <= LARGEST ? usual : 0, "--ui-port");
    }

    private static int free(@Nullable Integer requested, int usual, String option) {
        int port = ServerPlan.free(requested == null ? usual : requested);
        if (requested != null && requested != 0 && port != requested) {
            throw new ServerProblem(String.format(
                    Locale.ROOT,
                    "port %d of this machine is taken. Choose another one with %s; 0 = any free port.",
                    requested,
                    option));
        }
        return port;
    }
}
