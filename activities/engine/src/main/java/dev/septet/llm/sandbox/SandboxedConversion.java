package dev.septet.llm.sandbox;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The output of a child process that reads an untrusted file with a native library, and writes it
 * in another form. The child has the limits and restrictions of {@link SandboxProbe}. At the end of
 * the output, this stream throws {@link Failed} unless the child read the whole file.
 */
public final class SandboxedConversion extends InputStream {
    private static final int REFUSED = 45;
    private static final int LONGEST_REFUSAL = 2000;
    private static final String REFUSAL = "refusal";
    private static final long HEAP = 1L << 30;

    /** Address space, of which the libraries use a part. */
    private static final long SPACE = 8L << 30;

    /** A worker converts about 20 times as many bytes in a second. */
    private static final long BYTES_PER_SECOND = 1L << 20;

    private final Process process;
    private final Path scratch;
    private boolean ended;

    /** The child did not convert the whole file. The message says why, in words about the file. */
    public static final class Failed extends IOException {
        private static final long serialVersionUID = 1L;

        Failed(String reason) {
            super(reason);
        }
    }

    /** Reads a file and writes it in another form. */
    @FunctionalInterface
    public interface Conversion {
        /**
         * @throws Refusal when the file cannot be converted
         */
        void write(OutputStream out) throws Exception;
    }

    /** A reason to refuse the file. It leaves the child process, so it contains no data of the file. */
    public static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Refusal(String reason) {
            super(reason);
        }
    }

    private SandboxedConversion(Process process, Path scratch) {
        this.process = process;
        this.scratch = scratch;
    }

    /**
     * Starts a child process.
     *
     * @param main calls {@link #run}
     * @param bytes size of the file, which determines the limit of processor time
     * @throws ReplacedProgramException when the program of this process is gone; reads throw it too
     */
    public static SandboxedConversion start(Class<?> main, long bytes, List<String> arguments) throws IOException {
        Duration processor = Duration.ofSeconds(120 + bytes / BYTES_PER_SECOND);
        SandboxLimits limits = new SandboxLimits(HEAP, SPACE - HEAP, 0, 0, SPACE, processor, Duration.ZERO);
        Path scratch = Files.createTempDirectory("septet-conversion");
        try {
            SandboxedProcess sandboxed =
                    new SandboxedProcess(limits, new SandboxVerdicts(scratch), InstalledProgram.ofProcess());
            ProcessBuilder builder = new ProcessBuilder(sandboxed.command(main, 0, 0, scratch, arguments))
                    .directory(scratch.toFile())
                    .redirectError(scratch.resolve("errors").toFile());
            Map<String, String> environment = builder.environment();
            environment.clear();
            environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
            environment.put("MALLOC_ARENA_MAX", "2");
            environment.put("HOME", scratch.toString());
            Process process = builder.start();
            process.getOutputStream().close();
            return new SandboxedConversion(process, scratch);
        } catch (IOException e) {
            SandboxedProcess.remove(scratch);
            throw e;
        }
    }

    /**
     * Runs a conversion in the child process and ends this process.
     *
     * @param reads files and folders that the conversion reads
     * @param preparation loads native libraries before the restrictions apply
     */
    public static void run(List<Path> reads, SandboxProbe.Work preparation, Conversion conversion) {
        Path started = Path.of(System.getProperty(SandboxProbe.STARTED, "")).toAbsolutePath();
        Path scratch = Objects.requireNonNull(started.getParent());
        try {
            preparation.open();
            Files.createFile(started);
        } catch (Exception | LinkageError missing) {
            System.err.println("Error: " + missing);
            Runtime.getRuntime().halt(SandboxProbe.CANNOT_LOAD);
        }
        ProcessRestrictions.apply(reads, scratch);
        Runtime.getRuntime().halt(status(conversion, scratch));
    }

    private static int status(Conversion conversion, Path scratch) {
        // Java replaces a standard stream that is closed by a writable /dev/null, which the restrictions deny.
        OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);
        try {
            conversion.write(out);
            out.flush();
            return 0;
        } catch (Refusal refusal) {
            return refused(String.valueOf(refusal.getMessage()), scratch);
        } catch (OutOfMemoryError e) {
            return SandboxProbe.OUT_OF_MEMORY;
        } catch (StackOverflowError e) {
            return SandboxProbe.STACK_OVERFLOW;
        } catch (Throwable e) {
            System.err.println(e);
            return SandboxProbe.FAILED;
        }
    }

    private static int refused(String reason, Path scratch) {
        try {
            Files.writeString(scratch.resolve(REFUSAL), reason, StandardCharsets.UTF_8);
            return REFUSED;
        } catch (IOException e) {
            return SandboxProbe.FAILED;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = ended ? -1 : process.getInputStream().read(bytes, offset, length);
        if (read < 0 && !ended) {
            ended = true;
            finish();
        }
        return read;
    }

    private void finish() throws IOException {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException("the process that reads the file closed its output and did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another process read a file", e);
        }
        int status = process.exitValue();
        if (status == 0) {
            return;
        }
        if (status == REFUSED) {
            throw new Failed(refusal());
        }
        if (!Files.exists(scratch.resolve("started")) || status == SandboxProbe.CANNOT_LOAD) {
            InstalledProgram.ofProcess().requirePresent();
            throw new IOException(
                    String.format(Locale.ROOT, "the process that reads the file cannot start (status %d)", status));
        }
        throw new Failed(
                switch (status) {
                    case SandboxProbe.OUT_OF_MEMORY -> "needs more memory than the process that reads it has";
                    case SandboxProbe.STACK_OVERFLOW -> "is nested too deeply";
                    default -> "the process that read it " + SandboxedProcess.ending(status);
                });
    }

    private String refusal() throws IOException {
        try (InputStream in = Files.newInputStream(scratch.resolve(REFUSAL))) {
            return new String(in.readNBytes(LONGEST_REFUSAL), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.getInputStream().close();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (Files.exists(scratch)) {
            SandboxedProcess.remove(scratch);
        }
    }
}
