package dev.septet.workers.server;

import io.temporal.testserver.TestServer;
import java.util.concurrent.CountDownLatch;

/**
 * The main class of a process with the Java SDK's in-memory server, for machines that cannot get
 * the Temporal CLI.
 */
public final class InMemoryServer {
    private InMemoryServer() {}

    /** Serves until killed; the argument is the port. */
    public static void main(String[] args) throws InterruptedException {
        // Never closed, because closing would end the service.
        var server = TestServer.createPortBoundServer(Integer.parseInt(args[0]), true);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        new CountDownLatch(1).await();
    }
}
