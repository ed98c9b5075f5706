package dev.septet.activities.train.command;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The supervisor of an outside trainer: a bash process in a session of its own. It outlives this process, so that the
 * next attempt on this host adopts the trainer.
 */
final class TrainerProcess implements TrainerLauncher {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final String SCRIPT = TrainerLauncher.script(TrainerProcess.class, "supervise-trainer.sh");

    private final TrainerFolder folder;
    private final OutsideTrainer trainer;
    private final TrainerHost host;
    private final int gpus;

    /**
     * @param gpus number of cards that the trainer gets; 0 = all that this worker may use
     */
    TrainerProcess(TrainerFolder folder, OutsideTrainer trainer, TrainerHost host, int gpus) {
        this.folder = folder;
        this.trainer = trainer;
        this.host = host;
        this.gpus = gpus;
    }

    /** Whether the trainer's supervisor lives. */
    @Override
    public boolean held() throws IOException {
        Optional<String> written = folder.read(folder.supervisor());
        if (written.isEmpty()) {
            return false;
        }
        String[] parts = written.get().strip().split(" ", 2);
        Path process = host.process(parts[0]).resolve("stat");
        try {
            // The name in parentheses may contain spaces; after it, the start time is the 20th field.
            String stat = Files.readString(process);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return parts.length == 2 && fields[19].equals(parts[1]) && !fields[0].equals("Z");
        } catch (IOException gone) {
            return false;
        }
    }

    /** How it ended; empty while it runs, or when nobody wrote it down. */
    @Override
    public Optional<Exit> exit() throws IOException {
        return folder.read(folder.exit()).flatMap(Exit::parse);
    }

    @Override
    public Duration pause() {
        return Duration.ZERO;
    }

    @Override
    public Optional<Waiting> queued() {
        return Optional.empty();
    }

    /**
     * Starts the trainer.
     *
     * @throws StageProblem POLICY_DENIED when the program cannot be started, INVALID_PIPELINE when cards are missing
     */
    @Override
    public void start() throws IOException {
        Path working = trainer.workingFolder(folder);
        if (!Files.isDirectory(working)) {
            throw refused("its working folder %s does not exist on this worker".formatted(working));
        }
        String program = trainer.command().get(0);
        if (program.contains("/") && !Files.isExecutable(working.resolve(program))) {
            throw refused("%s is not an executable program on this worker".formatted(working.resolve(program)));
        }
        Map<String, String> cards = cards();
        Files.deleteIfExists(folder.exit());
        Files.deleteIfExists(folder.end());
        folder.renewLease();
        List<String> arguments = new ArrayList<>(List.of(
                working.toString(),
                Long.toString(trainer.grace().toSeconds()),
                Long.toString(trainer.orphan().toSeconds())));
        arguments.addAll(trainer.command());
        run(true, arguments, cards);
        long began = System.nanoTime();
        while (!held() && exit().isEmpty()) {
            if (System.nanoTime() - began > START_NANOS) {
                throw new StageProblem(
                        FailureType.BACKEND_FAILED,
                        "train: the supervisor of trainer %s did not start; it needs bash, flock and setsid: see %s"
                                .formatted(trainer.name(), folder.root().resolve("supervisor.log")));
            }
            TrainerLauncher.sleep();
        }
    }

    /** Gives the trainer as many cards as the pipeline file requires. */
    private Map<String, String> cards() {
        if (gpus == 0) {
            return Map.of();
        }
        List<String> visible = host.cards(trainer.environment());
        if (visible.size() < gpus) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "train: resources gpus: the file requires %d, but trainer %s can use %d on this worker; start a worker with more GPUs on this queue",
                    gpus,
                    trainer.name(),
                    visible.size()));
        }
        return Map.of(Setting.CUDA_VISIBLE_DEVICES.variable(), String.join(",", visible.subList(0, gpus)));
    }

    private StageProblem refused(String why) {
        return new StageProblem(
                FailureType.POLICY_DENIED, "train: trainer %s cannot start: %s".formatted(trainer.name(), why));
    }

    /** Ends the trainer and what a killed supervisor left behind; returns when nothing of it runs. */
    @Override
    public void end() throws IOException {
        long limit = System.nanoTime() + trainer.grace().toNanos() + START_NANOS;
        if (held()) {
            folder.write(folder.end(), "");
            while (held() && exit().isEmpty() && System.nanoTime() - limit < 0) {
                TrainerLauncher.sleep();
            }
        }
        sweep(trainer.grace().toSeconds());
    }

    /** Ends every process of the run folder. */
    private void sweep(long grace) throws IOException {
        if (Files.notExists(folder.lock())) {
            return; // no supervisor ran here
        }
        Process sweep = run(false, List.of(Long.toString(grace), "end"), Map.of());
        try {
            if (!sweep.waitFor(grace + 60, TimeUnit.SECONDS) || sweep.exitValue() != 0 || held()) {
                throw new StageProblem(
                        FailureType.BACKEND_FAILED,
                        "train: processes of trainer %s cannot be ended; see %s"
                                .formatted(trainer.name(), folder.lock()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a trainer ends", e);
        }
    }

    /** Kills the trainer and its supervisor, as the loss of a machine would. */
    void kill() throws IOException {
        Optional<String> supervisor = folder.read(folder.supervisor());
        if (supervisor.isPresent() && held()) {
            ProcessHandle.of(Long.parseLong(supervisor.get().split(" ", 2)[0]))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
        sweep(0);
    }

    private Process run(boolean own, List<String> arguments, Map<String, String> cards) throws IOException {
        List<String> command = new ArrayList<>();
        if (own) {
            command.add("setsid");
        }
        command.addAll(
                List.of("bash", "-c", SCRIPT, "septet-trainer", folder.root().toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(Redirect.appendTo(
                        folder.root().resolve("supervisor.log").toFile()));
        trainer.restrict(builder.environment());
        builder.environment().putAll(cards);
        return builder.start();
    }
}
