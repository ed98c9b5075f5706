package dev.septet.workers.codec;

import dev.septet.workers.loopback.LoopbackServer;
import io.temporal.payload.codec.PayloadCodec;
import java.io.IOException;
import java.util.Set;

/**
 * A codec server that encodes and decodes payloads for programs on this machine that have no keys:
 * the Temporal UI in a browser, the Temporal CLI and other clients. It listens on the loopback
 * address only.
 */
public final class CodecServer implements AutoCloseable {
    private final LoopbackServer server;

    private CodecServer(LoopbackServer server) {
        this.server = server;
    }

    /**
     * Starts the server.
     *
     * @param port port to listen on; 0 = any free port
     * @param token token that every request must have
     * @param origins origins of the web pages that may send requests
     * @throws IOException when it cannot listen
     */
    public static CodecServer start(PayloadCodec codec, int port, String token, Set<String> origins)
            throws IOException {
        return new CodecServer(
                LoopbackServer.start("codec", port, new CodecAccess(new CodecAnswers(codec), token, origins)));
    }

    /** The server's address, without a token. */
    public String address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
    }
}
