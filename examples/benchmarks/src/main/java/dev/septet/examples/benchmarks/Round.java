package dev.septet.examples.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * One measurement of all contenders. They take turns, so that other load on the machine affects all
 * of them. The first turn is a warm-up and does not count.
 */
final class Round {
    private final String title;
    private final Work work;
    private final List<Contender> contenders;
    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();
    private final Map<String, Done> last = new LinkedHashMap<>();

    Round(String title, Work work, List<Contender> contenders) {
        this.title = title;
        this.work = work;
        this.contenders = contenders;
    }

    void run(int repeats) throws IOException, InterruptedException {
        for (int turn = 0; turn <= repeats; turn++) {
            for (Contender contender : contenders) {
                Done done = contender.run(work);
                last.put(contender.name(), done);
                List<Double> times = seconds.computeIfAbsent(contender.name(), name -> new ArrayList<>());
                if (turn > 0) {
                    times.add(done.seconds());
                }
            }
        }
    }

    /** Rows of a Markdown table. Ratios are to the last contender's median. */
    String table() {
        StringBuilder text = new StringBuilder();
        text.append("\n### ").append(title).append("\n\n");
        text.append("| program | s, least | s, median | tokens/s | ratio | answers equal | counted" + " |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- |\n");
        String base = contenders.get(contenders.size() - 1).name();
        int tokens = work.prompts().size() * work.newTokens();
        for (Contender contender : contenders) {
            String name = contender.name();
            double median = median(name);
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %.1f | %.2f | %s | %s |%n",
                    name,
                    times(name).stream().mapToDouble(d -> d).min().orElse(Double.NaN),
                    median,
                    tokens / median,
                    median(base) / median,
                    equal(name),
                    Objects.requireNonNull(last.get(name)).note()));
        }
        return text.toString();
    }

    /** The number of answers with exactly the tokens of the first contender's answers. */
    private String equal(String name) {
        List<int[]> reference =
                Objects.requireNonNull(last.get(contenders.get(0).name())).answers();
        List<int[]> answers = Objects.requireNonNull(last.get(name)).answers();
        int same = 0;
        for (int i = 0; i < answers.size(); i++) {
            same += Arrays.equals(answers.get(i), reference.get(i)) ? 1 : 0;
        }
        return answers.isEmpty() ? "not compared" : same + " of " + answers.size();
    }

    private double median(String name) {
        return Median.of(times(name));
    }

    private List<Double> times(String name) {
        return Objects.requireNonNull(seconds.get(name));
    }
}
