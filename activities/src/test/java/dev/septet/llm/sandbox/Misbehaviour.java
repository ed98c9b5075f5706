package dev.septet.llm.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A child process that does what it is told, whatever that is. */
public final class Misbehaviour {
    private static final List<byte[]> HOARD = new ArrayList<>();

    private Misbehaviour() {}

    public static void main(String[] arguments) {
        Probe.run(() -> misbehave(arguments));
    }

    private static void misbehave(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "nothing" -> {}
            case "refuse" -> throw new IllegalStateException("no such tensor");
            case "hoard" -> hoard();
            case "recurse" -> recurse(0);
            case "spin" -> spin();
            case "crash" -> Runtime.getRuntime().halt(134);
            case "look" -> look(Path.of(arguments[1]));
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

    /** Writes down what a process can see that was let in here. */
    private static void look(Path into) throws IOException {
        List<String> seen = new ArrayList<>();
        for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
            seen.add("variable " + variable.getKey());
        }
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(InetAddress::getHostAddress)
                    .forEach(address -> seen.add("address " + address));
        } catch (SocketException none) {
            seen.add("no network");
        }
        Files.write(into, seen);
    }
}
