package dev.septet.activities.train.slurm;

import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerProblems;
import dev.septet.dsl.pipeline.backend.SlurmSpec;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An outside trainer as a Slurm job, through the cluster's own commands. The job's name is made from the run, so that a
 * worker that was killed between the submission and its record finds the job instead of submitting another.
 *
 * @see <a href="https://slurm.schedmd.com/sbatch.html">sbatch</a>
 */
public final class SlurmJob implements TrainerLauncher {
    /** States in which a job's end is final; in all others it may still run. */
    private enum Ended {
        COMPLETED,
        FAILED,
        CANCELLED,
        TIMEOUT,
        NODE_FAIL,
        PREEMPTED,
        BOOT_FAIL,
        DEADLINE,
        OUT_OF_MEMORY,
        REVOKED;

        static boolean is(String state) {
            return Arrays.stream(values()).anyMatch(ended -> ended.name().equals(state));
        }
    }

    private static final Pattern STATE = Pattern.compile("JobState=([A-Z_]+)");
    private static final Pattern REASON = Pattern.compile(" Reason=([^ ]+)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final String PENDING = "PENDING";
    private static final long COMMAND_SECONDS = 60;
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final String SCRIPT = TrainerLauncher.script(SlurmJob.class, "slurm-job.sh");

    private final TrainerFolder folder;
    private final OutsideTrainer trainer;
    private final SlurmSpec spec;

    /** A job of a run. */
    public SlurmJob(TrainerFolder folder, OutsideTrainer trainer, SlurmSpec spec) {
        this.folder = folder;
        this.trainer = trainer;
        this.spec = spec;
    }

    /** What a command printed. */
    private record Printed(int status, String text) {}

    @Override
    public boolean held() throws IOException {
        Optional<String> id = found();
        if (id.isEmpty()) {
            return false;
        }
        Optional<String> state = state(id.get());
        // A cluster that does not answer may still run the job.
        return state.isEmpty() || !(state.get().isBlank() || Ended.is(state.get()));
    }

    @Override
    public Optional<Exit> exit() throws IOException {
        Optional<Exit> written = folder.read(folder.exit()).flatMap(Exit::parse);
        Optional<String> id = job();
        if (written.isPresent() || id.isEmpty()) {
            return written;
        }
        return state(id.get())
                .filter(Ended::is)
                .map(state -> new Exit(1, state.equals("FAILED") ? "exited" : words(state)));
    }

    @Override
    public String lost() throws IOException {
        return job().map(id -> "Slurm does not know its job %s any more".formatted(id))
                .orElse("it has no job");
    }

    @Override
    public Optional<Waiting> queued() throws IOException {
        Optional<String> id = job();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        Printed shown = show(id.get());
        Matcher state = STATE.matcher(shown.text());
        Matcher reason = REASON.matcher(shown.text());
        if (!state.find()) {
            return Optional.of(new Waiting("Slurm does not answer about job " + id.get(), false));
        }
        return switch (state.group(1)) {
            case "RUNNING", "COMPLETING" -> Optional.empty();
            case PENDING ->
                Optional.of(new Waiting(
                        "waiting for Slurm job %s%s".formatted(id.get(), reason.find() ? ": " + reason.group(1) : ""),
                        true));
            default -> Optional.of(new Waiting("Slurm job %s is %s".formatted(id.get(), words(state.group(1))), true));
        };
    }

    @Override
    public void start() throws IOException {
        Files.deleteIfExists(folder.exit());
        folder.renewLease();
        if (found().isPresent()) {
            return;
        }
        Path working = trainer.workingFolder(folder);
        List<String> submit = new ArrayList<>(List.of(
                "sbatch",
                "--parsable",
                "--no-requeue",
                "--job-name=" + name(),
                "--chdir=" + working,
                "--output=" + folder.root().resolve("job.log"),
                "--open-mode=append",
                "--nodes=" + spec.nodes()));
        if (spec.partition() != null) {
            submit.add("--partition=" + spec.partition());
        }
        if (spec.account() != null) {
            submit.add("--account=" + spec.account());
        }
        if (spec.gpus() > 0) {
            submit.add("--gpus-per-node=" + spec.gpus());
        }
        if (spec.cpus() != null) {
            submit.add("--cpus-per-task=" + spec.cpus());
        }
        Long memory = spec.memoryBytes();
        if (memory != null) {
            submit.add(String.format(Locale.ROOT, "--mem=%dM", Math.max(1, memory >> 20)));
        }
        Duration time = spec.time();
        if (time != null) {
            submit.add("--time=" + Math.max(1, time.toMinutes()));
        }
        Path script = folder.root().resolve("job.sh");
        Files.writeString(script, "#!/bin/bash\n" + SCRIPT, StandardCharsets.UTF_8);
        submit.add(script.toString());
        submit.add(folder.root().toString());
        submit.add(Long.toString(trainer.grace().toSeconds()));
        submit.add(Long.toString(trainer.orphan().toSeconds()));
        submit.addAll(trainer.command());
        Printed answer = command(submit);
        String id = answer.text().strip().split(";", 2)[0];
        if (answer.status() != 0 || !NUMBER.matcher(id).matches()) {
            throw TrainerProblems.failed(spec, "Slurm did not take the job: " + firstLine(answer.text()));
        }
        folder.write(folder.job(), id + "\n");
    }

    /** A job of this run that was submitted before. */
    private Optional<String> submitted() throws IOException {
        Printed listed = command(List.of("squeue", "--me", "--noheader", "--format=%i", "--name=" + name()));
        if (listed.status() != 0) {
            throw TrainerProblems.failed(
                    spec,
                    "Slurm does not answer: %s; check `squeue` on this worker".formatted(firstLine(listed.text())));
        }
        return listed.text()
                .lines()
                .map(String::strip)
                .filter(id -> NUMBER.matcher(id).matches())
                .findFirst();
    }

    private String name() {
        return "septet-" + folder.root().getFileName();
    }

    @Override
    public void end() throws IOException {
        Optional<String> id = found();
        if (id.isEmpty() || !held()) {
            return;
        }
        command(List.of("scancel", "--full", "--signal=TERM", id.get()));
        long limit = System.nanoTime() + trainer.grace().toNanos();
        while (held() && System.nanoTime() - limit < 0 && !state(id.get()).equals(Optional.of(PENDING))) {
            TrainerLauncher.sleep();
        }
        if (held()) {
            command(List.of("scancel", id.get()));
        }
        limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(2 * COMMAND_SECONDS);
        while (held()) {
            if (System.nanoTime() - limit > 0) {
                throw TrainerProblems.failed(
                        spec, "Slurm did not end job %1$s; see `scontrol show job %1$s`".formatted(id.get()));
            }
            TrainerLauncher.sleep();
        }
    }

    @Override
    public Duration pause() {
        Duration third = trainer.orphan().dividedBy(3);
        return PAUSE.compareTo(third) < 0 ? PAUSE : third;
    }

    @Override
    public int gpus() {
        return spec.nodes() * spec.gpus();
    }

    /** The job of the record, or else the one that Slurm knows: a worker may be killed between submission and record. */
    private Optional<String> found() throws IOException {
        Optional<String> recorded = job();
        if (recorded.isPresent()) {
            return recorded;
        }
        Optional<String> listed = submitted();
        if (listed.isPresent()) {
            folder.write(folder.job(), listed.get() + "\n");
        }
        return listed;
    }

    private Optional<String> job() throws IOException {
        return folder.read(folder.job()).map(String::strip);
    }

    private Printed show(String id) throws IOException {
        return command(List.of("scontrol", "show", "job", "-o", id));
    }

    /** The job's state; blank when the cluster knows the job no longer, empty when it does not answer. */
    private Optional<String> state(String id) throws IOException {
        Printed shown = show(id);
        Matcher state = STATE.matcher(shown.text());
        if (shown.status() == 0 && state.find()) {
            return Optional.of(state.group(1));
        }
        return shown.text().contains("Invalid job id") ? Optional.of("") : Optional.empty();
    }

    private Printed command(List<String> command) throws IOException {
        // To a file: reading a pipe would wait for a command that hangs, whatever the limit.
        Path printed = Files.createTempFile("septet-slurm", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(printed.toFile());
        trainer.restrict(builder.environment());
        try {
            Process process = builder.start();
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Printed(1, command.get(0) + " did not end within a minute");
            }
            return new Printed(process.exitValue(), Files.readString(printed));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Slurm answers", e);
        } catch (IOException missing) {
            throw TrainerProblems.denied(
                    spec,
                    "this worker cannot run %s; install Slurm's client, and set SLURM_CONF where needed"
                            .formatted(command.get(0)));
        } finally {
            Files.deleteIfExists(printed);
        }
    }

    private static String words(String state) {
        return state.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("it printed nothing");
    }
}
