package dev.septet.activities.train.sagemaker;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.secret.MaskedText;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.bucket.ObjectStoreException;
import dev.septet.activities.store.bucket.S3Exchange;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerProblems;
import dev.septet.activities.train.sagemaker.SageMakerClient.Failure;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An outside trainer as a training job of Amazon SageMaker. The run folder has two records: {@code number} of the newest
 * job, and {@code job}, which exists from before the creation of a job until its end is known. So a worker that was
 * killed around the creation finds the job instead of creating another.
 */
final class SageMakerJob implements TrainerLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(SageMakerJob.class);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    /** After the end of a job, its last files should be in the bucket. */
    private static final Duration ARRIVES = Duration.ofMinutes(10);

    /** SageMaker gives a program two minutes, and then copies the last files. */
    private static final Duration STOPS = Duration.ofMinutes(20);

    private static final int MOST_JOBS = 10_000;
    private static final int TENTHS = 10;
    private static final double SECONDS_OF_AN_HOUR = 3600;

    private final SageMakerRequest request;
    private final Map<String, String> environment;
    private final SageMakerClient client;
    private final TrainerFolder folder;
    private @Nullable SageMakerReport report;
    private @Nullable String unreachable;

    /** What the trainer wrote against the contract; told when this attempt may end the job. */
    private @Nullable StageProblem broken;

    /** The newest job that is known; 0 = none. */
    private int newest;

    SageMakerJob(SageMakerRequest request, Map<String, String> environment) {
        this.request = request;
        this.environment = Map.copyOf(environment);
        this.client = new SageMakerClient(
                request.account().region(), request.account().endpoint(), environment, MaskedText::line);
        this.folder = request.folder();
    }

    /** Work with the files of the bucket. */
    private interface Work {
        void with(S3Exchange bucket) throws IOException;
    }

    @Override
    public void adopt() throws IOException {
        newest = folder.read(number())
                .map(text -> Integer.parseInt(text.strip()))
                .orElse(0);
        if (Files.exists(folder.fingerprint())) {
            return;
        }
        exchanged(bucket -> {
            int staged = SageMakerFiles.newest(request, bucket);
            if (staged > 0 && staged >= newest) {
                FileModes.OWNER.folder(folder.root());
                record(staged);
                files(bucket, staged).adopt();
            }
        });
    }

    private Path number() {
        return folder.root().resolve("number");
    }

    private void record(int job) throws IOException {
        folder.write(number(), job + "\n");
        folder.write(folder.job(), request.name(job) + "\n");
        newest = job;
    }

    @Override
    public boolean held() throws IOException {
        if (Files.notExists(folder.job())) {
            return false;
        }
        unreachable = null;
        broken = null;
        try {
            SageMakerReport now = described(newest).orElse(null);
            report = now;
            if (now == null) {
                return false;
            }
            broken = pull(newest);
            return broken != null || !over(now);
        } catch (Failure e) {
            if (!e.away()) {
                throw problem(e);
            }
            unreachable = e.why();
        } catch (ObjectStoreException e) {
            if (e.status() == HttpURLConnection.HTTP_FORBIDDEN || e.bucketIsMissing()) {
                throw TrainerProblems.denied(request.spec(), String.valueOf(e.getMessage()));
            }
            unreachable = e.getMessage();
        }
        return true; // the job may still run
    }

    /** Counts the cost of a job that has ended as use of the run and its team. */
    private void countUse(int number, SageMakerReport ended) throws IOException {
        BigDecimal price = request.account().prices().get(request.spec().instance());
        if (price != null && !ended.open()) {
            TeamUse.countJob(
                    "sagemaker " + request.name(number),
                    ended.endMillis(),
                    price.doubleValue() * request.spec().nodes() * ended.billedSeconds() / SECONDS_OF_AN_HOUR,
                    request.account().currency());
        }
    }

    /** Whether its end is known, with all of its files. */
    private boolean over(SageMakerReport now) throws IOException {
        if (now.open()) {
            return now.interrupted();
        }
        return !now.completed() || Files.exists(folder.exit()) || now.endedBefore(ARRIVES);
    }

    @Override
    public Optional<Exit> exit() throws IOException {
        SageMakerReport now = report;
        if (now == null || unreachable != null || Files.notExists(folder.job()) || !over(now)) {
            return Optional.empty();
        }
        countUse(newest, now);
        return Optional.of(now.exit(folder.read(folder.exit()).flatMap(Exit::parse)));
    }

    @Override
    public String lost() {
        return "it has no training job";
    }

    @Override
    public Optional<Waiting> queued() {
        if (broken != null) {
            throw broken;
        }
        SageMakerReport now = report;
        String waiting = "waiting for SageMaker job %s: ".formatted(request.name(newest));
        if (unreachable != null) {
            return Optional.of(new Waiting(waiting + unreachable, false));
        } else if (now == null) {
            return Optional.empty();
        }
        return now.open()
                ? now.waits().map(why -> new Waiting(waiting + why, true))
                : Optional.of(new Waiting(waiting + "it completed, and its last files arrive in the bucket", true));
    }

    @Override
    public void start() throws IOException {
        Files.deleteIfExists(folder.exit());
        folder.renewLease();
        try {
            int number = free();
            exchanged(bucket -> files(bucket, number).stage());
            record(number);
            create(number);
        } catch (Failure e) {
            throw problem(e);
        }
    }

    /** The number of the next job. What another attempt left running is stopped. */
    private int free() throws IOException {
        for (int number = Math.max(1, newest); number < MOST_JOBS; number++) {
            Optional<SageMakerReport> there = described(number);
            if (there.isEmpty()) {
                return number;
            }
            stop(number, there.get());
        }
        throw TrainerProblems.failed(
                request.spec(), String.format(Locale.ROOT, "this run already has %d training jobs", MOST_JOBS));
    }

    private void create(int number) throws IOException {
        try {
            client.create(request.create(number));
        } catch (Failure e) {
            if (e.exists()) {
                described(number); // of this run: an answer was lost, or another worker was first
            } else if (!e.away()) {
                throw e;
            }
            // Otherwise SageMaker may have created it. The next question tells.
        }
        report = null;
    }

    /**
     * The job of a number; empty when there is none.
     *
     * @throws StageProblem POLICY_DENIED when a job of this name is of somebody else
     */
    private Optional<SageMakerReport> described(int number) throws IOException {
        Optional<SageMakerReport> found = client.described(request.name(number)).map(SageMakerReport::new);
        if (found.isPresent() && !found.get().writesTo(request.address(number))) {
            throw TrainerProblems.denied(
                    request.spec(),
                    "the account already has a training job %s that this run did not create; choose another `prefix:`"
                            .formatted(request.name(number)));
        }
        return found;
    }

    @Override
    public void end() throws IOException {
        try {
            if (newest == 0) {
                adopt();
            }
            for (int number = Math.max(1, newest); number < MOST_JOBS; number++) {
                Optional<SageMakerReport> there = described(number);
                if (there.isEmpty()) {
                    break;
                }
                newest = number;
                stop(number, there.get());
                pull(number); // what breaks the contract is no reason to leave a job behind
            }
            exchanged(bucket -> bucket.clear(request.all()));
        } catch (Failure e) {
            throw problem(e);
        }
    }

    /** Stops a job; returns when SageMaker has no more work with it. */
    private void stop(int number, SageMakerReport found) throws IOException {
        long began = System.nanoTime();
        SageMakerReport now = found;
        while (now.open()) {
            if (!now.stopping()) {
                client.stop(request.name(number));
            }
            if (System.nanoTime() - began > STOPS.toNanos()) {
                throw TrainerProblems.failed(
                        request.spec(),
                        String.format(
                                Locale.ROOT,
                                "SageMaker did not stop training job %s within %d minutes",
                                request.name(number),
                                STOPS.toMinutes()));
            }
            for (int tenths = 0; tenths < TENTHS; tenths++) {
                TrainerLauncher.sleep();
            }
            now = described(number).orElse(now);
        }
        countUse(number, now);
        if (now.billedSeconds() > 0) {
            LOG.info("AWS charges {} seconds for training job {}", now.billedSeconds(), request.name(number));
        }
    }

    /** Takes new files; returns what breaks the contract, null = nothing. */
    private @Nullable StageProblem pull(int number) throws IOException {
        try {
            if (Files.exists(folder.root())) {
                exchanged(bucket -> files(bucket, number).pull());
            }
            return null;
        } catch (StageProblem problem) {
            return problem;
        }
    }

    private SageMakerFiles files(S3Exchange bucket, int number) {
        return new SageMakerFiles(request, bucket, request.at(number));
    }

    private void exchanged(Work work) throws IOException {
        try (S3Client s3 = request.account().s3(environment)) {
            work.with(new S3Exchange(s3, request.account().bucket()));
        }
    }

    @Override
    public Duration pause() {
        Duration third = request.trainer().orphan().dividedBy(3);
        return PAUSE.compareTo(third) < 0 ? PAUSE : third;
    }

    /** The exception itself stays out: it may have what was sent. */
    private StageProblem problem(Failure e) {
        return e.denied()
                ? TrainerProblems.denied(request.spec(), e.why())
                : TrainerProblems.failed(request.spec(), e.why());
    }
}
