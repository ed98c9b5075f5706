package dev.septet.examples.benchmarks.preserve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Prints a table of the measurements, and draws a plot. */
public final class Report {
    private static final String PLAIN = "plain";

    private Report() {}

    /** Usage: {@code Report FOLDER DRAWING.svg}; FOLDER has the files of {@link Lesson}. */
    public static void main(String[] arguments) throws IOException {
        Map<String, List<Curve>> curves = curves(Path.of(arguments[0]));
        List<Curve> plain = curves.getOrDefault(PLAIN, List.of());
        if (plain.isEmpty()) {
            throw new IllegalArgumentException(arguments[0] + " has no training named plain; train it first");
        }
        System.out.printf(
                Locale.ROOT,
                "Base model: %.3f on the suite, %.3f on tickets.%n%n"
                        + "| words | seeds | ticket loss | plain: the suite's rise | with the words"
                        + " | difference, each seed | 95 %% interval |%n"
                        + "| --- | --- | --- | --- | --- | --- | --- |%n",
                plain.get(0).base().suite(),
                plain.get(0).base().task());
        curves.forEach((name, words) -> {
            if (!name.equals(PLAIN)) {
                System.out.println(MethodComparison.of(plain, words).row());
            }
        });
        Files.writeString(Path.of(arguments[1]), new CurvePlot(List.copyOf(curves.values())).svg());
    }

    /** The curves by name, plain ones first, each in the order of its seeds. */
    private static Map<String, List<Curve>> curves(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        List<Curve> all = new ArrayList<>();
        for (Path file : files) {
            all.add(Curve.read(file));
        }
        all.sort(Comparator.comparing((Curve curve) -> !curve.name().equals(PLAIN))
                .thenComparing(Curve::name)
                .thenComparing(Curve::seed));
        Map<String, List<Curve>> byName = new LinkedHashMap<>();
        all.forEach(curve ->
                byName.computeIfAbsent(curve.name(), name -> new ArrayList<>()).add(curve));
        return byName;
    }
}
