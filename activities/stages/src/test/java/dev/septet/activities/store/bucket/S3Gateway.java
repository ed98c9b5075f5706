package dev.septet.activities.store.bucket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A real S3-compatible server, versitygw, on a port and a folder of its own, with one empty bucket.
 *
 * <p>Taken from {@code SEPTET_S3_SERVER} or the user's cache folder, where {@code .ci/s3-server}
 * builds it at the first use. A test that needs it fails where it cannot be had: it never passes by being skipped.
 */
public final class S3Gateway implements AutoCloseable {
    public static final String BUCKET = "models";

    private static final String VERSION = "v1.8.0";

    private final Process process;
    private final Path objects;
    private final int port;

    private S3Gateway(Process process, Path objects, int port) {
        this.process = process;
        this.objects = objects;
        this.port = port;
    }

    /** Starts it and makes the bucket. */
    public static S3Gateway start(Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("gateway.log");
        for (int more = 2; ; more--) {
            S3Gateway gateway = launched(folder, log);
            if (gateway.starts()) {
                try (S3Client client = gateway.client()) {
                    client.createBucket(request -> request.bucket(BUCKET));
                }
                return gateway;
            }
            gateway.close();
            if (more == 0) {
                throw new IllegalStateException("the S3 server did not start: " + Files.readString(log));
            }
        }
    }

    /** A port that was free may be another process's when the server opens it. */
    private static S3Gateway launched(Path folder, Path log) throws IOException, InterruptedException {
        Path objects = Files.createDirectories(folder.resolve("objects"));
        int port = freePort();
        Process process = new ProcessBuilder(
                        program().toString(),
                        "--access",
                        "septet",
                        "--secret",
                        "septet-secret",
                        "--port",
                        "127.0.0.1:" + port,
                        "posix",
                        objects.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new S3Gateway(process, objects, port);
    }

    /** Waits until it answers; whether it does. */
    private boolean starts() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() - until > 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return process.isAlive();
    }

    /** What a process needs to reach it. */
    public Map<String, String> environment() {
        return environment(port);
    }

    /** The same through another port, where something stands between. */
    public static Map<String, String> environment(int port) {
        return Map.of(
                "AWS_ACCESS_KEY_ID", "septet",
                "AWS_SECRET_ACCESS_KEY", "septet-secret",
                "AWS_REGION", "us-east-1",
                "AWS_ENDPOINT_URL", "http://127.0.0.1:" + port);
    }

    public S3Client client() {
        return S3Connection.of(environment());
    }

    /** A client whose requests somebody sees coming, and which tries none again. */
    public S3Client client(ExecutionInterceptor watch) {
        return S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("septet", "septet-secret")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(
                        options -> options.addExecutionInterceptor(watch).retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    public int port() {
        return port;
    }

    /** Where the server keeps an object's bytes, to be damaged by a test. */
    public Path file(String key) {
        return objects.resolve(BUCKET).resolve(key);
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

    private static Path program() throws IOException, InterruptedException {
        String home = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .orElseGet(() -> System.getProperty("user.home") + "/.cache");
        Path program = Optional.ofNullable(System.getenv("SEPTET_S3_SERVER"))
                .map(Path::of)
                .orElse(Path.of(home, "septet", "versitygw-" + VERSION, "versitygw"));
        return Files.isExecutable(program) ? program : build(program);
    }

    /** Builds the server, which takes minutes once for each user of the machine. */
    private static Path build(Path program) throws IOException, InterruptedException {
        Path script = Path.of(".ci", "s3-server");
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isExecutable(folder.resolve(script))) {
            folder = folder.getParent();
        }
        String problem = "";
        if (folder != null) {
            Process building = new ProcessBuilder(folder.resolve(script).toString())
                    .redirectErrorStream(true)
                    .start();
            problem = new String(building.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (building.waitFor() == 0 && Files.isExecutable(program)) {
                return program;
            }
        }
        throw new IllegalStateException(
                "this test needs the S3-compatible server versitygw at %s, which .ci/s3-server builds. %s"
                        .formatted(program, problem));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
