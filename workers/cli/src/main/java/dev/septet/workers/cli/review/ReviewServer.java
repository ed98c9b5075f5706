package dev.septet.workers.cli.review;

import dev.septet.workers.loopback.LoopbackAccess;
import dev.septet.workers.loopback.LoopbackServer;
import java.io.IOException;

/** Serves the page of a review on the loopback address. Every request for content needs the token of this start. */
final class ReviewServer implements AutoCloseable {
    private final LoopbackServer server;
    private final String token;

    private ReviewServer(LoopbackServer server, String token) {
        this.server = server;
        this.token = token;
    }

    /**
     * Starts the server.
     *
     * @param port port to listen on; 0 = any free port
     * @throws IOException when it cannot listen
     */
    static ReviewServer start(BlindReview review, Reviewers reviewers, int port) throws IOException {
        String token = LoopbackAccess.newToken();
        ReviewAccess access = new ReviewAccess(new ReviewPages(review, reviewers), token);
        return new ReviewServer(LoopbackServer.start("review", port, access), token);
    }

    /** The page's address, without the token. */
    String address() {
        return server.address() + "/";
    }

    /** The page's address for a browser. A browser does not send the part behind {@code #}, so it is in no log. */
    String page() {
        return address() + "#" + token;
    }

    @Override
    public void close() {
        server.close();
    }
}
