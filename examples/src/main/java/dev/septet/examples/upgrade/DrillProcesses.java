package dev.septet.examples.upgrade;

import dev.septet.workers.StateFolder;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.local.TrainingEnvironment;
import dev.septet.workers.server.BinaryFinder;
import dev.septet.workers.server.ServerPlan;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerRef;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The processes of a drill: a real Temporal server on a database file, and workers of versions. */
final class DrillProcesses implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(1);
    private static final int TRIES = 5;
    private static final String MAIN = "dev.septet.workers.cli.Septet";

    private final Path folder;
    private final Path pipelines;
    private final Path database;
    private final ServerPlan plan;
    private final Path program;
    private final Map<String, Process> running = new LinkedHashMap<>();

    /**
     * Starts the server.
     *
     * @param folder for the database, the state folder and the logs
     * @param pipelines the folder of the pipelines
     * @param earlier the Temporal CLI whose server runs until {@link #upgradeServer}; null = Septet's own
     */
    DrillProcesses(Path folder, Path pipelines, @Nullable Path earlier) throws IOException, InterruptedException {
        this.folder = Files.createDirectories(folder);
        this.pipelines = pipelines;
        this.database = folder.resolve("temporal.db");
        this.program = BinaryFinder.of(System.getenv(), StateFolder.data(System.getenv()))
                .find(note -> {})
                .orElseThrow(() -> new IOException("the drill needs the Temporal CLI"));
        this.plan = ServerPlan.of(earlier == null ? program : earlier, database, new ServerPorts(0, 0));
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "drill-end"));
        startServer(plan.command());
    }

    ServerRef server() {
        return plan.server();
    }

    Path state() {
        return folder.resolve("state");
    }

    /** Kills the server, and starts that of Septet's own Temporal CLI on its database and its port. */
    void upgradeServer() throws IOException, InterruptedException {
        kill("server");
        List<String> command = new ArrayList<>(plan.command());
        command.set(0, program.toString());
        startServer(command);
    }

    private void startServer(List<String> command) throws IOException, InterruptedException {
        start("server", command, Map.of());
        long limit = System.nanoTime() + START.toNanos();
        while (!ServerProbe.answers(server().address(), Duration.ofSeconds(1))) {
            if (System.nanoTime() > limit) {
                throw new IOException("the server does not answer; see " + folder.resolve("server.txt"));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /**
     * Starts a light worker and a training worker of a version.
     *
     * @param overlay classes that precede the program's; null = none
     */
    void startWorkers(String build, @Nullable Path overlay) throws IOException {
        startWorker("light", build, overlay);
        startWorker("training", build, overlay);
    }

    void startWorker(String role, String build, @Nullable Path overlay) throws IOException {
        List<String> command = java(overlay);
        command.addAll(List.of("worker", "--role", role, "--build-id", build, "--log-format", "none"));
        command.addAll(List.of("--pipelines", pipelines.toString()));
        start(role + "-" + build, command, environment());
    }

    /** Stops a worker as a service manager does. */
    void stop(String name) throws InterruptedException {
        Process process = running.remove(name);
        if (process != null) {
            process.destroy();
            process.waitFor();
        }
    }

    private void kill(String name) throws InterruptedException {
        Process process = running.remove(name);
        if (process != null) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    /**
     * Runs a command line of Septet, and returns its output.
     *
     * @throws IOException with its output when it fails
     */
    String septet(String... arguments) throws IOException, InterruptedException {
        List<String> command = java(null);
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "command", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment());
        int status = builder.start().waitFor();
        for (int again = 0; status == ExitCode.SERVER_UNREACHABLE && again < TRIES; again++) {
            status = builder.start().waitFor(); // a busy machine's server answers late
        }
        String text = Files.readString(output);
        if (status != 0) {
            throw new IOException("septet " + String.join(" ", arguments) + " ended with " + status + ": " + text);
        }
        return text;
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>(TrainingEnvironment.of(System.getenv()));
        environment.put("TEMPORAL_ADDRESS", server().address());
        environment.put("SEPTET_STATE", state().toString());
        environment.put("NO_COLOR", "1");
        return environment;
    }

    private static List<String> java(@Nullable Path overlay) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Doffline=true",
                "-cp",
                overlay == null ? classPath() : overlay + File.pathSeparator + classPath(),
                MAIN));
    }

    /** This program's class path, also where a test runner hides it in a jar. */
    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private void start(String name, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".txt").toFile()));
        builder.environment().putAll(environment);
        running.put(name, builder.start());
    }

    @Override
    public synchronized void close() {
        List<Process> all = new ArrayList<>(running.values());
        running.clear();
        for (int at = all.size() - 1; at >= 0; at--) {
            all.get(at).destroy();
            all.get(at).onExit().join();
        }
    }
}
