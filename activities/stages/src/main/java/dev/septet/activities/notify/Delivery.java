package dev.septet.activities.notify;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One POST request over HTTP/1.1. The host name is resolved once, each of its addresses is checked,
 * and the connection goes to a checked address. So an attacker cannot pass the check by changing
 * the name's address afterwards. Redirects are not followed, and no proxy is used. Only the
 * response's status is read.
 */
final class Delivery {
    private static final int CONNECT_MILLIS = 10_000;
    private static final int REPLY_MILLIS = 15_000;
    private static final int LONGEST_STATUS = 1024;

    private final boolean privateAddresses;
    private final Network network;
    private final SSLSocketFactory tls;

    /** Resolves names and creates connections. */
    interface Network {
        /** The network of this machine. */
        Network REAL = new Network() {
            @Override
            public InetAddress[] addresses(String host) throws UnknownHostException {
                return InetAddress.getAllByName(host);
            }

            @Override
            public Socket socket() {
                return new Socket(java.net.Proxy.NO_PROXY);
            }
        };

        /** All addresses of a host name. */
        InetAddress[] addresses(String host) throws UnknownHostException;

        /** A socket that is not connected. */
        Socket socket();
    }

    /**
     * @param privateAddresses whether the operator allows addresses of this machine and of private
     *     networks
     */
    Delivery(boolean privateAddresses, Network network, SSLSocketFactory tls) {
        this.privateAddresses = privateAddresses;
        this.network = network;
        this.tls = tls;
    }

    /**
     * Sends the request.
     *
     * @return the status of the response
     * @throws StageProblem POLICY_DENIED when the address is not allowed
     * @throws IOException when the delivery fails; the message does not contain the address
     */
    int post(URI uri, Map<String, String> headers, byte[] body) throws IOException {
        boolean secure = uri.getScheme().equals("https");
        int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        try (Socket plain = network.socket()) {
            plain.connect(new InetSocketAddress(address(host), port), CONNECT_MILLIS);
            plain.setSoTimeout(REPLY_MILLIS);
            try (Socket socket = secure ? secured(plain, host, port) : plain) {
                socket.getOutputStream().write(head(uri, headers, body.length));
                socket.getOutputStream().write(body);
                socket.getOutputStream().flush();
                return status(socket.getInputStream());
            }
        } catch (SocketTimeoutException timeout) {
            throw new IOException("it does not answer in time", timeout);
        }
    }

    private InetAddress address(String host) throws IOException {
        InetAddress[] addresses;
        try {
            addresses = network.addresses(host);
        } catch (UnknownHostException e) {
            throw new IOException("its host name cannot be resolved");
        }
        if (!privateAddresses && !Arrays.stream(addresses).allMatch(PublicAddress::is)) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "the address is not a public Internet address; the worker's operator may allow it with %s=allow"
                            .formatted(Setting.NOTIFY_PRIVATE.variable()));
        }
        return addresses[0];
    }

    private Socket secured(Socket plain, String host, int port) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // otherwise any host's certificate passes
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (SSLException refused) {
            throw new IOException(
                    "it has no certificate for its name that this worker trusts; the worker's operator may set %s to its authority's certificate"
                            .formatted(Setting.NOTIFY_CA.variable()));
        }
        return socket;
    }

    private static byte[] head(URI uri, Map<String, String> headers, int length) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        List<String> lines = new ArrayList<>();
        lines.add("POST %s%s HTTP/1.1".formatted(path, uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
        lines.add("Host: " + uri.getHost() + (uri.getPort() > 0 ? ":" + uri.getPort() : ""));
        headers.forEach((name, value) -> lines.add(name + ": " + value));
        lines.add("Content-Length: " + length);
        lines.add("Connection: close");
        return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int status(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() >= LONGEST_STATUS) {
                throw new IOException("its reply is not HTTP");
            }
            line.write(next);
        }
        String[] words = line.toString(StandardCharsets.ISO_8859_1).strip().split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[1-5][0-9]{2}")) {
            throw new IOException("its reply is not HTTP");
        }
        return Integer.parseInt(words[1]);
    }
}
