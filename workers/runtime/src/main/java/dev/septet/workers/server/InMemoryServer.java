package dev.septet.workers.server;

import io.temporal.testserver.TestServer;
import java.util.concurrent.CountDownLatch;

/** Process with the Java SDK's in-memory server: for machines that reach nothing better. */
public final class InMemoryServer {
    private InMemoryServer() {}

    /** Serves until killed; the argument is the port. */
    public static void main(String[] args) throws InterruptedException {
        // Held for the JVM's whole life: closing it would end the service.
        var server = TestServer.createPortBoundServer(Integer.parseInt(args[0]), true);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        new CountDownLatch(1).await();
    }
}
