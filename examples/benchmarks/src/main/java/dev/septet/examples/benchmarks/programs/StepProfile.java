package dev.septet.examples.benchmarks.programs;

import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The time of a step by operator, from libtorch's profiler. */
public final class StepProfile {
    private static final int OPERATORS = 12;

    private final Map<String, Spent> spent = new HashMap<>();

    /**
     * Self time of an operator in microseconds, without the operators that it calls, and its number
     * of calls.
     */
    private static final class Spent {
        private double self;
        private int calls;
    }

    private record Call(String name, double start, double end) {}

    private StepProfile() {}

    /** Runs a step under the profiler. */
    public static StepProfile of(Runnable step) throws IOException {
        Path file = Files.createTempFile("septet-profile", ".json");
        JniUtils.startProfile(false, false, false);
        try {
            step.run();
        } finally {
            JniUtils.stopProfile(file.toString());
        }
        StepProfile profile = new StepProfile();
        profile.add(new ObjectMapper().readTree(file.toFile()));
        Files.delete(file);
        return profile;
    }

    private void add(JsonNode trace) {
        Map<String, List<Call>> threads = new HashMap<>();
        for (JsonNode event : trace.isArray() ? trace : trace.path("traceEvents")) {
            if (event.has("dur") && event.path("name").asText().contains("::")) {
                double start = event.path("ts").asDouble();
                threads.computeIfAbsent(event.path("tid").asText(), tid -> new ArrayList<>())
                        .add(new Call(
                                event.path("name").asText(),
                                start,
                                start + event.path("dur").asDouble()));
            }
        }
        threads.values().forEach(this::addThread);
    }

    private void addThread(List<Call> calls) {
        calls.sort(Comparator.comparingDouble(Call::start).thenComparing(Call::end, Comparator.reverseOrder()));
        Deque<Call> open = new ArrayDeque<>();
        for (Call call : calls) {
            while (!open.isEmpty() && open.peek().end() <= call.start()) {
                open.pop();
            }
            double length = call.end() - call.start();
            if (!open.isEmpty()) {
                of(open.peek()).self -= length;
            }
            of(call).self += length;
            of(call).calls++;
            open.push(call);
        }
    }

    private Spent of(Call call) {
        return spent.computeIfAbsent(call.name(), name -> new Spent());
    }

    /** A Markdown table of the operators with the most time; the others are one row. */
    public String table() {
        double all = spent.values().stream().mapToDouble(s -> s.self).sum();
        List<Map.Entry<String, Spent>> order = new ArrayList<>(spent.entrySet());
        order.sort(Comparator.comparingDouble(entry -> -entry.getValue().self));
        StringBuilder text = new StringBuilder("| operator | calls | ms | share |\n| --- | --- | --- | --- |\n");
        double named = 0;
        int calls = 0;
        for (int i = 0; i < order.size(); i++) {
            Spent one = order.get(i).getValue();
            if (i < OPERATORS) {
                named += one.self;
                text.append(row(order.get(i).getKey(), one.calls, one.self, all));
            } else {
                calls += one.calls;
            }
        }
        return text.append(row("others", calls, all - named, all)).toString();
    }

    private static String row(String name, int calls, double self, double all) {
        return String.format(Locale.ROOT, "| %s | %d | %.0f | %.0f %% |%n", name, calls, self / 1e3, 100 * self / all);
    }
}
