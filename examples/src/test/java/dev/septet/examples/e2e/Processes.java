package dev.septet.examples.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Signals to the processes of a stack, by the supervisor's names for them. */
record Processes(DevStack stack) {
    /** It stands still, as a machine does that swaps. */
    void freeze(String name) throws IOException {
        signal("-STOP", List.of(name));
    }

    /** It goes on. */
    void thaw(String name) throws IOException {
        signal("-CONT", List.of(name));
    }

    /** Kills them at once, the hard way, and waits until others are in their places. */
    void kill(Collection<String> names) throws IOException {
        if (!names.isEmpty()) {
            signal("-KILL", names).forEach(stack::awaitSuccessor);
        }
    }

    private Map<String, Long> signal(String signal, Collection<String> names) throws IOException {
        Map<String, Long> pids = new LinkedHashMap<>();
        List<String> command = new ArrayList<>(List.of("kill", signal));
        for (String name : names) {
            long pid = stack.pid(name);
            pids.put(name, pid);
            command.add(Long.toString(pid));
        }
        int status =
                new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue();
        if (status != 0) {
            throw new AssertionError(String.join(" ", command) + " ended with " + status);
        }
        return pids;
    }
}
