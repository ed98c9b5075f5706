package dev.septet.workers.serve.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.server.Request;

/**
 * Finds the address of a request's client. {@code X-Forwarded-For} is used only when a proxy that
 * the operator named sent it. The client is then the last address in it that is not such a proxy.
 *
 * @param proxies addresses of trusted proxies
 */
public record ClientAddress(Set<String> proxies) {
    private static final int IPV6_NETWORK_BYTES = 8;

    /** The address; of an IPv6 address its network. */
    public String of(Request request) {
        String peer = Request.getRemoteAddr(request);
        if (!proxies.contains(peer)) {
            return network(peer);
        }
        List<String> lines = request.getHeaders().getCSV("X-Forwarded-For", false);
        for (int i = lines.size() - 1; i >= 0; i--) {
            String hop = lines.get(i).strip();
            if (!proxies.contains(hop)) {
                return network(hop);
            }
        }
        return network(peer);
    }

    /**
     * The unit of rate limits. One subscriber has a whole /64 of IPv6 addresses, so these count as
     * one.
     */
    private static String network(String address) {
        if (address.indexOf(':') < 0 || !address.matches("[0-9A-Fa-f:.\\[\\]]{2,64}")) {
            return address.length() <= 64 ? address : address.substring(0, 64);
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            if (bytes.length != 16) {
                return InetAddress.getByAddress(bytes).getHostAddress();
            }
            for (int i = IPV6_NETWORK_BYTES; i < bytes.length; i++) {
                bytes[i] = 0;
            }
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
