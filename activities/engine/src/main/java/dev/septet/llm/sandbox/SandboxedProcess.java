package dev.septet.llm.sandbox;

import dev.septet.settings.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A small JVM with this JVM's class path, limits on memory and time, and an empty environment. It
 * has no network if the system supports that.
 */
final class SandboxedProcess {
    private static final String SCRIPT = script();
    private static final int MAX_REASON = 200;
    private static final String STARTED = "started";
    private static final int KILLED = 128 + 9;

    /** Exit status of the signal at the CPU time limit. */
    private static final int OUT_OF_TIME = 128 + 24;

    private static final int MAX_OUTPUT = 64 << 10;
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]+");

    private static final Pattern PANIC = Pattern.compile("panicked at|memory allocation of|^Error: |^Error occurred");

    /**
     * Settings of this process that the child inherits: the folders of native libraries, and
     * whether they may be downloaded.
     */
    private static final List<Setting> PASSED = List.of(
            Setting.DJL_CACHE_DIR, Setting.ENGINE_CACHE_DIR, Setting.TOKENIZERS_CACHE, Setting.RUST_LIBRARY_PATH);

    private static final Map<Integer, String> SIGNALS = Map.of(
            4, "illegal instruction",
            6, "aborted",
            7, "bad memory access",
            8, "arithmetic error",
            11, "bad memory access",
            25, "too large a file",
            31, "a forbidden system call");

    private final SandboxLimits limits;
    private final SandboxVerdicts verdicts;
    private final InstalledProgram program;

    SandboxedProcess(SandboxLimits limits, SandboxVerdicts verdicts, InstalledProgram program) {
        this.limits = limits;
        this.verdicts = verdicts;
        this.program = program;
    }

    /**
     * Opens a file in the child process.
     *
     * @throws IOException when the process could not do its work for a reason other than the file
     */
    SandboxVerdict open(Class<?> main, Path file, long bytes, long mapped, List<String> arguments) throws IOException {
        Path scratch = verdicts.scratch();
        Path output = scratch.resolve("output");
        try {
            ProcessBuilder builder = new ProcessBuilder(command(main, bytes, mapped, scratch, arguments))
                    .directory(scratch.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            Map<String, String> environment = builder.environment();
            environment.clear();
            environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
            // glibc would reserve 64 MB of address space for each thread.
            environment.put("MALLOC_ARENA_MAX", "2");
            Process process = builder.start();
            process.getOutputStream().close();
            return result(process, bytes, output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another process read " + file, e);
        } finally {
            remove(scratch);
        }
    }

    private SandboxVerdict result(Process process, long bytes, Path output) throws IOException, InterruptedException {
        try {
            if (!process.waitFor(limits.wall().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "the process did not end within %d s",
                        limits.wall().toSeconds()));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        int status = process.exitValue();
        if (!Files.exists(output.resolveSibling(STARTED))) {
            throw new IOException(String.format(Locale.ROOT, "it ended with status %d%s", status, reason(output)));
        }
        return switch (status) {
            case 0 -> SandboxVerdict.SAFE;
            case SandboxProbe.OUT_OF_MEMORY ->
                SandboxVerdict.fatal(
                        String.format(Locale.ROOT, "ran out of its %,d MB of memory", limits.heap(bytes) >> 20));
            case SandboxProbe.STACK_OVERFLOW -> SandboxVerdict.fatal("ran out of its stack");
            case OUT_OF_TIME ->
                SandboxVerdict.fatal(String.format(
                        Locale.ROOT,
                        "was not done after %d s of processor time",
                        limits.processor().toSeconds()));
            // A missing library, a slow machine or an external kill: the status says nothing about
            // the file.
            case SandboxProbe.CANNOT_LOAD, SandboxProbe.TOO_LONG, KILLED ->
                throw new IOException(String.format(Locale.ROOT, "it ended with status %d%s", status, reason(output)));
            default -> SandboxVerdict.fatal(ending(status) + reason(output));
        };
    }

    static String ending(int status) {
        int signal = status - 128;
        return signal > 0 && signal < 65
                ? String.format(Locale.ROOT, "ended by signal %d (%s)", signal, SIGNALS.getOrDefault(signal, "unusual"))
                : String.format(Locale.ROOT, "ended with status %d", status);
    }

    List<String> command(Class<?> main, long bytes, long mapped, Path scratch, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("bash", "-c", SCRIPT, "septet-sandbox"));
        command.add(Long.toString((limits.addressSpace(bytes) + mapped) >> 10));
        command.add(Long.toString(limits.processor().toSeconds()));
        command.add(program.java().toString());
        command.add("-Xmx" + (limits.heap(bytes) >> 20) + "m");
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=48m",
                "-XX:CompressedClassSpaceSize=64m",
                "-XX:-UsePerfData",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + scratch.resolve("error"),
                "-Djava.io.tmpdir=" + scratch,
                "-Djna.tmpdir=" + scratch,
                "-D" + SandboxProbe.STARTED + "=" + scratch.resolve(STARTED),
                "--add-opens=java.base/java.nio=ALL-UNNAMED", // Arrow's vectors are direct buffers
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                "-Doffline=true",
                "-DOPT_OUT_TRACKING=true"));
        for (Setting setting : PASSED) {
            String name = setting.variable();
            String value = System.getProperty(name, setting.value(System.getenv()));
            if (value != null && !value.isEmpty()) {
                command.add("-D" + name + "=" + value);
            }
        }
        command.addAll(List.of("-cp", program.classPath(), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** The last message of a native library, printable: it often names the cause. */
    private static String reason(Path output) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(output)) {
            start = in.readNBytes(MAX_OUTPUT);
        }
        List<String> lines = new String(start, StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (PANIC.matcher(lines.get(i)).find()) {
                // Rust prints the location of a panic in one line and its message in the next.
                boolean split = lines.get(i).endsWith(":") && i + 1 < lines.size();
                String line = lines.get(split ? i + 1 : i);
                String printable = UNPRINTABLE.matcher(line).replaceAll(" ").strip();
                return ": " + printable.substring(0, Math.min(MAX_REASON, printable.length()));
            }
        }
        return "";
    }

    static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static String script() {
        try (InputStream in = SandboxedProcess.class.getResourceAsStream("sandbox.sh")) {
            if (in == null) {
                throw new IllegalStateException("sandbox.sh is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
