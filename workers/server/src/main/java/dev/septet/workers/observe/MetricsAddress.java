package dev.septet.workers.observe;

import dev.septet.settings.Setting;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a process shows its metrics, health and readiness.
 *
 * @param host address or name to listen on
 * @param port port to listen on; 0 = any free port
 */
public record MetricsAddress(String host, int port) {
    private static final String OFF = "off";

    /**
     * The address that the environment names; empty for none.
     *
     * @throws IllegalArgumentException naming the variable, what was found and what is expected
     */
    public static Optional<MetricsAddress> of(Map<String, String> environment) {
        String text = Setting.METRICS_ADDRESS.text(environment);
        if (text.isEmpty() || text.equals(OFF)) {
            return Optional.empty();
        }
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
        return Optional.of(new MetricsAddress(host, Integer.parseInt(text.substring(colon + 1))));
    }

    /** The same address with any free port, for a process that does not listen alone. */
    public MetricsAddress anyPort() {
        return new MetricsAddress(host, 0);
    }

    /** Whether only this machine can connect. An unknown name is not of this machine. */
    boolean loopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    /** The address at which programs of this machine reach a server that listens here. */
    MetricsAddress reachable() {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress() ? new MetricsAddress("127.0.0.1", port) : this;
        } catch (UnknownHostException unknown) {
            return this;
        }
    }

    /** The host as in a URL. */
    private String shown() {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /** The address as in the setting, with the port on which a server listens. */
    String withPort(int listening) {
        return String.format(Locale.ROOT, "%s:%d", shown(), listening);
    }

    @Override
    public String toString() {
        return withPort(port);
    }
}
