package dev.septet.activities.train.command;

import dev.septet.activities.store.FencedException;
import dev.septet.activities.trace.CallerContext;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the lease of a trainer from a thread of its own, because storing a checkpoint may take longer than the lease.
 * It renews only while the store accepts writes of this attempt. So when a later attempt begins, the trainer of this one
 * ends within a known time, and {@link #waitForOther} of the later attempt is longer than that.
 */
final class TrainerLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerLease.class);
    private static final Pattern RECORD = Pattern.compile("(\\S+)(?: ([0-9]{1,9}) ([0-9]{1,9}))?");
    private static final Duration MARGIN = Duration.ofSeconds(60);

    private final OutsideTrainer trainer;
    private final TrainerFolder folder;
    private final TrainingContext context;
    private final String machine;
    private final AtomicReference<@Nullable FencedException> fenced = new AtomicReference<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread own = new Thread(work, "septet-trainer-lease");
        own.setDaemon(true);
        return own;
    });
    private long confirmed;

    /**
     * @param machine random id of this machine's folder of run folders
     */
    TrainerLease(OutsideTrainer trainer, TrainerFolder folder, TrainingContext context, String machine) {
        this.trainer = trainer;
        this.folder = folder;
        this.context = context;
        this.machine = machine;
    }

    /** Begins to renew. */
    void begin() throws IOException {
        confirm();
        folder.renewLease();
        long millis = Math.max(100, Math.min(2000, trainer.orphan().toMillis() / 10));
        var unused =
                thread.scheduleWithFixedDelay(CallerContext.of(this::renew), millis, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Writes the record that names this machine, which the store refuses when a later attempt has begun.
     *
     * @throws FencedException when a later attempt has begun
     */
    void confirm() throws IOException {
        FencedException over = fenced.get();
        if (over != null) {
            throw over;
        }
        context.store()
                .putRecord(
                        record(),
                        String.format(
                                Locale.ROOT,
                                "%s %d %d",
                                machine,
                                trainer.orphan().toSeconds(),
                                trainer.grace().toSeconds()),
                        context.attempt().fence());
        confirmed = System.nanoTime();
    }

    private void renew() {
        try {
            if (fenced.get() != null) {
                return;
            }
            if (System.nanoTime() - confirmed > trainer.orphan().toNanos() / 5) {
                confirm();
            }
            folder.renewLease();
        } catch (FencedException over) {
            fenced.set(over);
        } catch (IOException | RuntimeException later) {
            LOG.warn("the lease of trainer {} was not renewed now: {}", trainer.name(), later.getMessage());
        }
    }

    /** How long a trainer that another machine started for this run may still run; zero when there is none. */
    Duration waitForOther() throws IOException {
        Optional<String> written = context.store().record(record());
        Matcher other = RECORD.matcher(written.orElse("").strip());
        if (!other.matches() || other.group(1).equals(machine)) {
            return Duration.ZERO;
        }
        Duration orphan =
                other.group(2) == null ? trainer.orphan() : Duration.ofSeconds(Long.parseLong(other.group(2)));
        Duration grace = other.group(3) == null ? trainer.grace() : Duration.ofSeconds(Long.parseLong(other.group(3)));
        Duration margin = orphan.compareTo(MARGIN) < 0 ? orphan : MARGIN;
        return orphan.plus(orphan.dividedBy(5)).plus(grace).plus(margin);
    }

    /** Writes down that no trainer of this run runs any more. */
    void over() throws IOException {
        close();
        context.store().putRecord(record(), "", context.attempt().fence());
    }

    private String record() {
        return "trainers/%s/%s".formatted(context.run().runId(), context.name());
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(30, TimeUnit.SECONDS)) {
                LOG.warn("the lease of trainer {} is still being renewed", trainer.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
