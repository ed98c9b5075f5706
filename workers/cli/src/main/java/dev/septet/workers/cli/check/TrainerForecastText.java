package dev.septet.workers.cli.check;

import dev.septet.workers.plan.RunForecast;
import dev.septet.workers.plan.TrainerForecast;
import dev.septet.workflows.Progress;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The lines of {@code plan} about a trainer outside Septet. */
record TrainerForecastText(RunForecast plan, TrainerForecast outside, String steps) {
    private static final String NONE = "not known: ";
    private static final double GIB = 1L << 30;

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Trainer  " + trainer());
        lines.add("Memory   " + NONE + outside.unknown().get("memory"));
        Long trials = plan.memoryBytes();
        if (trials != null) {
            lines.add(String.format(
                    Locale.ROOT,
                    "Search   its trials run on Septet's engine, and need about %.1f GiB of memory",
                    trials / GIB));
        }
        lines.add("Steps    " + steps);
        Long tokens = outside.tokens();
        if (tokens != null) {
            lines.add(String.format(
                    Locale.ROOT,
                    "Epochs   %.1f, about %,d tokens of the training rows",
                    Objects.requireNonNull(outside.epochs()),
                    tokens));
        }
        if (outside.nodes() != null) {
            lines.add("Limit    " + limit());
        }
        Double seconds = plan.trainSeconds();
        lines.add("Time     "
                + (seconds == null
                        ? NONE + outside.unknown().get("time")
                        : "training takes about %s, if a step takes as long as in run %s"
                                .formatted(Progress.time(seconds), plan.measuredBy())));
        lines.add("Cost     " + cost());
        return lines;
    }

    private String trainer() {
        String name = Objects.requireNonNull(plan.trainer());
        Integer nodes = outside.nodes();
        if (nodes == null) {
            return outside.platform().equals("command") ? name + ", an outside program on the worker" : name;
        }
        String instance = outside.instance();
        Integer gpus = outside.gpusPerNode();
        return "%s, an outside program in a job of %s: %s%s"
                .formatted(
                        name,
                        outside.platform(),
                        count(nodes, instance == null ? "node" : instance + " instance"),
                        gpus == null || gpus == 0 ? "" : " with %s each".formatted(count(gpus, "GPU")));
    }

    private String limit() {
        Long seconds = outside.limitSeconds();
        if (seconds == null) {
            return Objects.requireNonNull(outside.unknown().get("limit"));
        }
        Double hours = outside.gpuHours();
        return Progress.time(seconds)
                + (hours == null ? "" : String.format(Locale.ROOT, ", so at most %s GPU hours", plain(hours)))
                + " for each job; a failed attempt is followed by another job";
    }

    private String cost() {
        BigDecimal cost = outside.cost();
        if (cost == null) {
            return NONE + outside.unknown().get("cost");
        }
        return "at most %s for each job: %s for %s, at %s for an hour; storage, transfers, and the start and the end of a job are extra"
                .formatted(
                        money(cost),
                        count(Objects.requireNonNull(outside.nodes()), outside.instance() + " instance"),
                        Progress.time(Objects.requireNonNull(outside.limitSeconds())),
                        money(Objects.requireNonNull(outside.price())));
    }

    private String money(BigDecimal amount) {
        String currency = outside.currency();
        return amount.toPlainString() + (currency == null ? "" : " " + currency);
    }

    private static String count(int number, @Nullable String what) {
        return String.format(Locale.ROOT, "%d %s%s", number, what, number == 1 ? "" : "s");
    }

    private static String plain(double hours) {
        return BigDecimal.valueOf(hours)
                .setScale(1, RoundingMode.CEILING)
                .stripTrailingZeros()
                .toPlainString();
    }
}
