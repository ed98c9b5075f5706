package dev.septet.activities.train.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Plays the three actions of SageMaker that Septet uses: containers are processes of this machine, and their checkpoint
 * folder is copied to a real bucket, file by file, in an order that no program may rely on.
 */
public final class FakeSageMaker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FakeSageMaker.class);
    private static final String SIGNED =
            "AWS4-HMAC-SHA256 Credential=septet/[0-9]{8}/us-east-1/sagemaker/aws4_request, SignedHeaders="
                    + "[a-z0-9;-]*host;[a-z0-9;-]*x-amz-date[a-z0-9;-]*x-amz-target, Signature=[0-9a-f]{64}";

    /** An answer instead of the usual one. */
    record Answer(int status, String type, String message) {}

    private final S3Client s3;
    private final Path folder;
    private final HttpServer server;
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Job> jobs = Collections.synchronizedMap(new TreeMap<>());
    private final ConcurrentSkipListSet<String> used = new ConcurrentSkipListSet<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private String pending = "";
    private boolean losing;

    /** A training job. */
    private static final class Job {
        final ObjectNode request;
        final Map<String, Long> synced = new TreeMap<>();
        Path ml = Path.of("");
        String status = "InProgress";
        String secondary = "Starting";
        String reason = "";
        boolean stopping;
        int lives;
        double ended;

        @Nullable
        Process process;

        Job(ObjectNode request) {
            this.request = request;
        }
    }

    /**
     * Begins at once.
     *
     * @param folder for the files of the containers
     */
    public FakeSageMaker(S3Client s3, Path folder) throws IOException {
        this.s3 = s3;
        this.folder = folder;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
        var unused = rounds.scheduleWithFixedDelay(this::round, 0, 100, TimeUnit.MILLISECONDS);
    }

    /** Its address. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** IAM actions that Septet needed. */
    ConcurrentSkipListSet<String> used() {
        return used;
    }

    /** The next requests are answered so. */
    synchronized void answer(int times, Answer answer) {
        for (int i = 0; i < times; i++) {
            answers.add(answer);
        }
    }

    /** The next job is created, but nobody hears of it. */
    synchronized void loseNextAnswer() {
        losing = true;
    }

    /** From now on, jobs stay in this state; empty = they start. */
    synchronized void pend(String secondary) {
        pending = secondary;
    }

    /** Number of jobs that were ever created. */
    public synchronized int created() {
        return jobs.size();
    }

    /** As if the last requests to create a job had never arrived. */
    synchronized void forget() {
        jobs.clear();
    }

    synchronized ObjectNode request(int number) {
        return jobs.values().stream()
                .filter(job -> job.request.path("TrainingJobName").asText().endsWith("-" + number))
                .findFirst()
                .orElseThrow()
                .request;
    }

    synchronized long running() {
        return jobs.values().stream()
                .filter(job -> job.process != null && job.process.isAlive())
                .count();
    }

    /** Ends what runs, as StopTrainingJob of somebody else, or a time limit. */
    synchronized void stop(String secondary) {
        jobs.values().stream().filter(job -> job.status.equals("InProgress")).forEach(job -> {
            job.secondary = secondary;
            stop(job);
        });
    }

    private static void stop(Job job) {
        job.stopping = true;
        if (job.process == null) {
            job.status = "Stopped";
        } else {
            job.status = "Stopping";
            job.process.destroy();
        }
    }

    /** Takes the spot instances away, without notice. */
    synchronized void interrupt() {
        jobs.values().stream().filter(job -> job.status.equals("InProgress")).forEach(job -> {
            Process process = job.process;
            job.process = null;
            job.secondary = "Interrupted";
            if (process != null) {
                kill(process);
            }
        });
    }

    private static void kill(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly().onExit().join();
        children.forEach(child -> {
            child.destroyForcibly();
            child.onExit().join();
        });
    }

    /** Starts interrupted jobs on new instances. */
    synchronized void resume() {
        jobs.values().stream()
                .filter(job -> job.secondary.equals("Interrupted"))
                .forEach(job -> job.secondary = "Starting");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String action = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
                    .replaceFirst("^SageMaker\\.", "");
            byte[] sent = exchange.getRequestBody().readAllBytes();
            Answer answer = answer(exchange, action, sent, SpecJson.mapper().readTree(sent));
            if (answer == null) {
                return; // closes the connection
            }
            byte[] bytes = (answer.type().isEmpty()
                            ? answer.message()
                            : SpecJson.mapper()
                                    .createObjectNode()
                                    .put("__type", answer.type())
                                    .put("message", answer.message())
                                    .toString())
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (RuntimeException e) {
            LOG.warn("the service failed", e);
        }
    }

    private synchronized @Nullable Answer answer(HttpExchange exchange, String action, byte[] sent, JsonNode body) {
        String signature = exchange.getRequestHeaders().getFirst("Authorization");
        if (signature == null
                || !signature.matches(SIGNED)
                || !signature.endsWith("Signature=" + signature(exchange, sent, signature))) {
            return new Answer(403, "InvalidSignatureException", "not signed as expected: " + signature);
        }
        if (!"application/x-amz-json-1.1".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
            return new Answer(400, "SerializationException", "another content type");
        }
        used.add("sagemaker:" + action);
        if (!answers.isEmpty()) {
            return answers.remove();
        }
        String name = body.path("TrainingJobName").asText();
        Job job = jobs.get(name);
        switch (action) {
            case "CreateTrainingJob" -> {
                used.add("iam:PassRole");
                if (job != null) {
                    return new Answer(
                            400, "ResourceInUse", "Training job names must be unique within an AWS account and region");
                }
                jobs.put(name, new Job((ObjectNode) body));
                if (losing) {
                    losing = false;
                    return null;
                }
                return new Answer(200, "", "{\"TrainingJobArn\":\"arn:aws:sagemaker:eu-west-1:1:training-job/x\"}");
            }
            case "DescribeTrainingJob" -> {
                return job == null
                        ? new Answer(400, "ValidationException", "Requested resource not found.")
                        : new Answer(200, "", described(job).toString());
            }
            case "StopTrainingJob" -> {
                if (job == null || !job.status.equals("InProgress")) {
                    return new Answer(
                            400, "ValidationException", "The request was rejected because of the job's status");
                }
                job.secondary = "Stopping";
                stop(job);
                return new Answer(200, "", "");
            }
            default -> {
                return new Answer(400, "UnknownOperationException", action);
            }
        }
    }

    /** The signature of a request by the rules of Signature Version 4. */
    private static String signature(HttpExchange exchange, byte[] sent, String authorization) {
        String headers = authorization.replaceFirst(".*SignedHeaders=([^,]*),.*", "$1");
        StringBuilder request = new StringBuilder("POST\n/\n\n");
        for (String header : headers.split(";", 0)) {
            request.append("%s:%s\n"
                    .formatted(
                            header,
                            exchange.getRequestHeaders().getFirst(header).strip()));
        }
        request.append("\n%s\n%s".formatted(headers, Sha256.of(sent)));
        String time = exchange.getRequestHeaders().getFirst("X-Amz-Date");
        String scope = time.substring(0, 8) + "/us-east-1/sagemaker/aws4_request";
        byte[] key = "AWS4septet-secret".getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", 0)) {
            key = hmac(key, part);
        }
        return HexFormat.of()
                .formatHex(hmac(
                        key, "AWS4-HMAC-SHA256\n%s\n%s\n%s".formatted(time, scope, Sha256.of(request.toString()))));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode described(Job job) {
        ObjectNode answer = job.request.deepCopy();
        answer.put("TrainingJobStatus", job.status)
                .put("SecondaryStatus", job.secondary)
                .put("BillableTimeInSeconds", 100);
        answer.putArray("SecondaryStatusTransitions")
                .addObject()
                .put("Status", job.secondary)
                .put("StatusMessage", "Insufficient capacity error from EC2 while launching instances, retrying!");
        if (!job.reason.isEmpty()) {
            answer.put("FailureReason", job.reason);
        }
        if (job.ended > 0) {
            answer.put("TrainingEndTime", job.ended);
        }
        return answer;
    }

    private synchronized void round() {
        try {
            for (Job job : jobs.values()) {
                if (job.status.equals("InProgress") && job.process == null && !job.secondary.equals("Interrupted")) {
                    if (!pending.isEmpty()) {
                        job.secondary = pending;
                    } else {
                        start(job);
                    }
                } else if (job.process != null) {
                    follow(job);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("a round of the service failed", e);
        }
    }

    private void start(Job job) throws IOException {
        job.lives++;
        job.synced.clear();
        job.ml = folder.resolve(job.request.path("TrainingJobName").asText() + "-" + job.lives);
        JsonNode channel = job.request.path("InputDataConfig").get(0);
        download(
                channel.path("DataSource").path("S3DataSource").path("S3Uri").asText(),
                job.ml.resolve("input/data").resolve(channel.path("ChannelName").asText()));
        download(checkpoints(job) + "/", Files.createDirectories(job.ml.resolve("checkpoints")));
        Files.createDirectories(job.ml.resolve("input/config"));
        Files.writeString(
                job.ml.resolve("input/config/resourceconfig.json"),
                "{\"current_host\":\"algo-1\",\"hosts\":[\"algo-1\"],\"network_interface_name\":\"eth0\"}");
        List<String> command = new ArrayList<>();
        JsonNode algorithm = job.request.path("AlgorithmSpecification");
        algorithm.path("ContainerEntrypoint").forEach(part -> command.add(here(job, part.asText())));
        algorithm.path("ContainerArguments").forEach(part -> command.add(here(job, part.asText())));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(job.ml.resolve("log").toFile()));
        builder.environment().clear();
        builder.environment().put("PATH", System.getenv("PATH"));
        job.process = builder.start();
        job.secondary = "Training";
    }

    private static String here(Job job, String path) {
        return path.replaceFirst("^/opt/ml", job.ml.toString())
                .replaceFirst("^/tmp/septet-run", job.ml.resolve("septet-run").toString());
    }

    private static String checkpoints(Job job) {
        return job.request.path("CheckpointConfig").path("S3Uri").asText();
    }

    private void follow(Job job) throws IOException {
        Process process = Objects.requireNonNull(job.process);
        boolean over = !process.isAlive();
        sync(job, over);
        if (!over) {
            return;
        }
        job.process = null;
        job.ended = Instant.now().toEpochMilli() / 1000.0;
        if (job.stopping) {
            job.status = "Stopped";
            job.secondary = job.secondary.equals("Stopping") ? "Stopped" : job.secondary;
        } else if (process.exitValue() == 0) {
            job.status = "Completed";
            job.secondary = "Completed";
        } else {
            job.status = "Failed";
            job.secondary = "Failed";
            job.reason = "AlgorithmError: , exit code: " + process.exitValue();
        }
    }

    /** Copies some of the changed files; the lists of digests first, because nobody promised an order. */
    private void sync(Job job, boolean all) throws IOException {
        Path from = job.ml.resolve("checkpoints");
        Map<String, Path> files = new TreeMap<>(Collections.reverseOrder());
        try (Stream<Path> found = Files.walk(from)) {
            found.filter(Files::isRegularFile)
                    .forEach(file -> files.put(from.relativize(file).toString(), file));
        }
        int left = all ? Integer.MAX_VALUE : 3;
        for (var file : files.entrySet()) {
            try {
                long state = Files.getLastModifiedTime(file.getValue()).toMillis() * 31 + Files.size(file.getValue());
                Long before = job.synced.get(file.getKey());
                if ((before == null || before != state) && left-- > 0) {
                    byte[] bytes = Files.readAllBytes(file.getValue());
                    s3.putObject(
                            request -> request.bucket(bucket(checkpoints(job)))
                                    .key(key(checkpoints(job)) + "/" + file.getKey()),
                            RequestBody.fromBytes(bytes));
                    job.synced.put(file.getKey(), state);
                }
            } catch (NoSuchFileException removed) {
                LOG.debug("{} was removed", file.getKey());
            }
        }
        for (String name : List.copyOf(job.synced.keySet())) {
            if (!files.containsKey(name)) {
                s3.deleteObject(
                        request -> request.bucket(bucket(checkpoints(job))).key(key(checkpoints(job)) + "/" + name));
                job.synced.remove(name);
            }
        }
    }

    private void download(String uri, Path to) throws IOException {
        try {
            for (var object : s3.listObjectsV2Paginator(
                            request -> request.bucket(bucket(uri)).prefix(key(uri)))
                    .contents()) {
                Path file = to.resolve(object.key().substring(key(uri).length()));
                Files.createDirectories(file.getParent());
                Files.write(
                        file,
                        s3.getObjectAsBytes(
                                        request -> request.bucket(bucket(uri)).key(object.key()))
                                .asByteArray());
            }
        } catch (S3Exception e) {
            throw new IOException(e);
        }
    }

    private static String bucket(String uri) {
        return uri.split("/", 4)[2];
    }

    private static String key(String uri) {
        return uri.split("/", 4)[3];
    }

    @Override
    public void close() throws IOException {
        rounds.shutdownNow();
        try {
            if (!rounds.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IOException("the service does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        jobs.values().stream()
                .filter(job -> job.process != null)
                .map(job -> Objects.requireNonNull(job.process))
                .forEach(FakeSageMaker::kill);
    }
}
