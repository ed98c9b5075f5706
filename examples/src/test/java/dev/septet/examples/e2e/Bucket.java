package dev.septet.examples.e2e;

import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.activities.store.bucket.S3Folder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.s3.S3Client;

/** A real S3-compatible server with one bucket, as {@code .ci/s3-server} builds it. */
final class Bucket implements AutoCloseable {
    static final String NAME = "models";

    private final Process process;
    private final int port;

    private Bucket(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Bucket start(Path folder) throws Exception {
        String program = Shell.installed(600, "s3-server").get(0);
        int port = Trials.freePort();
        Files.createDirectories(folder);
        Process process = new ProcessBuilder(
                        program,
                        "--access",
                        "septet",
                        "--secret",
                        "septet-secret",
                        "--port",
                        "127.0.0.1:" + port,
                        "posix",
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolveSibling("s3.txt").toFile())
                .start();
        Bucket bucket = new Bucket(process, port);
        for (int tries = 0; !bucket.answers(); tries++) {
            if (tries == 600 || !process.isAlive()) {
                throw new AssertionError("the S3 server does not start");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        try (S3Client client = S3Connection.of(bucket.environment())) {
            client.createBucket(request -> request.bucket(NAME));
        }
        return bucket;
    }

    String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    /** What a worker needs to reach it. */
    Map<String, String> environment() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", "septet",
                "AWS_SECRET_ACCESS_KEY", "septet-secret",
                "AWS_REGION", "us-east-1",
                "AWS_ENDPOINT_URL", endpoint());
    }

    /** What lies below a prefix. */
    S3Folder folder(String prefix) {
        return new S3Folder(S3Connection.of(environment()), S3Address.of("s3://" + NAME + "/" + prefix));
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
