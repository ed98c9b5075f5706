package dev.septet.workers.doctor;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that opens an attempt in a store and then waits to be killed. */
final class LeftBehind {
    private LeftBehind() {}

    public static void main(String[] arguments) throws IOException {
        LocalStore store = new LocalStore(Path.of(arguments[0]));
        Fence fence = new Fence("killed/train", 1);
        store.open(fence);
        store.scratch(fence);
        System.out.print("x");
        System.out.flush();
        System.in.read();
    }

    static Process start(Path store) throws IOException {
        return new ProcessBuilder(jvm(List.of(), LeftBehind.class, store.toString())).start();
    }

    /** A small JVM with this class path. */
    static List<String> jvm(List<String> before, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
