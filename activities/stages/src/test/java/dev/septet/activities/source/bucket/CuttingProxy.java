package dev.septet.activities.source.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a client and a server: closes the first connections after some bytes, or answers with a status. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final AtomicInteger cuts;
    private final long limit;
    private final String status;

    /** Number of connections. */
    final AtomicInteger connections = new AtomicInteger();

    /**
     * @param cuts number of large responses that are cut
     * @param limit bytes of such a response
     * @param status the status line of every response; empty = the server's
     */
    CuttingProxy(int target, int cuts, long limit, String status) throws IOException {
        this.target = target;
        this.cuts = new AtomicInteger(cuts);
        this.limit = limit;
        this.status = status;
        daemon(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                connections.incrementAndGet();
                daemon(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target)) {
            if (!status.isEmpty()) {
                int unused = client.getInputStream().read(new byte[8192]);
                client.getOutputStream()
                        .write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            daemon(() -> copy(client, upstream, Long.MAX_VALUE));
            copy(upstream, client, limit);
        } catch (IOException ended) {
            // the other end closed it
        }
    }

    private void copy(Socket from, Socket to, long most) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            long all = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                all += read;
                if (all > most && cuts.getAndDecrement() > 0) {
                    from.close();
                    to.close();
                    return;
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException ended) {
            // the other end closed it
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
