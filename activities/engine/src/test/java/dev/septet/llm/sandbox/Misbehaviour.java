package dev.septet.llm.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** A child process that does what it is told, whatever that is. */
public final class Misbehaviour {
    private static final List<byte[]> HOARD = new ArrayList<>();

    private Misbehaviour() {}

    public static void main(String[] arguments) {
        SandboxProbe.run(List.of(), () -> {}, () -> misbehave(arguments));
    }

    private static void misbehave(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "nothing" -> {}
            case "refuse" -> throw new IllegalStateException("no such tensor");
            case "hoard" -> hoard();
            case "recurse" -> recurse(0);
            case "spin" -> spin();
            case "crash" -> Runtime.getRuntime().halt(134);
            case "look" -> look();
            case "connect" -> new Socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9), 100);
            case "listen" -> new ServerSocket(0).close();
            case "run" -> new ProcessBuilder("true").start().waitFor();
            case "read" -> stoppedWhen(() -> Files.readString(Path.of(arguments[1])));
            case "list" -> stoppedWhen(() -> files(Path.of(arguments[1])));
            case "write" -> stoppedWhen(() -> Files.writeString(Path.of(arguments[1]), "x"));
            default -> throw new IllegalArgumentException(Arrays.toString(arguments));
        }
    }

    private static void hoard() {
        while (true) {
            HOARD.add(new byte[1 << 20]);
        }
    }

    private static int recurse(int depth) {
        return depth < 0 ? 0 : 1 + recurse(depth + 1);
    }

    private static void spin() {
        long x = 1;
        while (x != 0) {
            x = x * 31 + 7 | 1;
        }
    }

    /** A process may write to its standard output, and into its own scratch folder. */
    private static void look() throws IOException {
        Files.writeString(Path.of(System.getProperty("java.io.tmpdir"), "scratch"), "x");
        Set<String> known = Set.of("PATH", "MALLOC_ARENA_MAX", "PWD", "SHLVL", "_", "LD_LIBRARY_PATH");
        for (String variable : System.getenv().keySet()) {
            if (!known.contains(variable)) {
                throw new AssertionError("sees " + variable);
            }
        }
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    /** Ends well when it was stopped: an error that nothing else here ends with. */
    private static void stoppedWhen(Callable<?> attempt) throws Exception {
        try {
            attempt.call();
        } catch (AccessDeniedException denied) {
            return;
        }
        throw new AssertionError("was not stopped");
    }
}
