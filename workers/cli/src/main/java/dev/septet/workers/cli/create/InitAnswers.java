package dev.septet.workers.cli.create;

import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The answers that choose a first pipeline.
 *
 * @param name the pipeline's name
 * @param data what was read of the data file
 * @param base what is known about the base model
 * @param method the fine-tuning method
 * @param gate the gate, such as {@code baseline} or {@code exactMatch:0.9}
 * @param target where the model is published
 */
record InitAnswers(String name, DataLook data, BaseLook base, String method, String gate, String target) {
    static final List<String> METHODS = List.of("lora", "dora", "qlora", "partial", "full");
    static final List<String> TARGETS = List.of("directory", "http", "ollama", "vllm", "llamacpp", "none");
    /** With fewer rows, too few of them are test rows to tell a better model. */
    private static final int ROWS_OF_A_GATE = 30;

    private static final Map<String, Boolean> BOUNDED =
            new TreeMap<>(Map.of("exactMatch", true, "rougeL", true, "preferenceAccuracy", true, "loss", false));

    /** The gates that rows of this kind can have. */
    static List<String> gates(DataLook.Answers answers) {
        return switch (answers) {
            case EXACT, PROSE -> List.of("baseline", "exactMatch:0.9", "rougeL:0.4", "loss:1.0", "none");
            case PAIRS -> List.of("baseline", "preferenceAccuracy:0.7", "none");
            case NONE -> List.of("baseline", "loss:2.0", "none");
        };
    }

    /** The gate that the rows suggest: few rows can decide nothing. */
    static String standardGate(DataLook data) {
        return data.usable() < ROWS_OF_A_GATE ? "none" : "baseline";
    }

    /**
     * A checked gate.
     *
     * @throws CliProblem USAGE naming the gates
     */
    static String gate(String written, DataLook data) {
        List<String> known = gates(data.answers());
        if (data.usable() < ROWS_OF_A_GATE && !written.equals("none")) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    String.format(
                            Locale.ROOT,
                            "a gate needs at least %d rows, and the data has %d; collect more rows, or use the gate none",
                            ROWS_OF_A_GATE,
                            data.usable()));
        }
        int colon = written.indexOf(':');
        String metric = colon < 0 ? written : written.substring(0, colon);
        if (colon < 0 && (metric.equals("baseline") || metric.equals("none"))) {
            return metric;
        }
        boolean fits = known.stream().anyMatch(gate -> gate.startsWith(metric + ":"));
        if (!fits || colon < 0) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "the gate '%s' is not one for these rows; expected one of %s, with a bound of your own"
                            .formatted(written, String.join(", ", known)));
        }
        return metric + ":" + bound(metric, written.substring(colon + 1));
    }

    private static String bound(String metric, String text) {
        BigDecimal bound;
        try {
            bound = new BigDecimal(text.length() > 20 ? "x" : text);
        } catch (NumberFormatException e) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "the bound of %s is a number, such as %s:0.5, not '%s'".formatted(metric, metric, text));
        }
        boolean share = Boolean.TRUE.equals(BOUNDED.get(metric));
        if (bound.signum() <= 0
                || (share && bound.compareTo(BigDecimal.ONE) > 0)
                || bound.abs().intValue() > 1000) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "the bound of %s is above 0%s, not %s".formatted(metric, share ? " and at most 1" : "", text));
        }
        return LiteralText.of(bound);
    }

    /** The lines of {@code evaluate} that are the gate. */
    List<String> gateLines() {
        String metric = switch (data.answers()) {
            case EXACT -> "exactMatch";
            case PROSE -> "rougeL";
            case PAIRS -> "preferenceAccuracy";
            case NONE -> "loss";
        };
        int colon = gate.indexOf(':');
        if (colon < 0) {
            return metric.equals("loss") ? List.of("metric loss") : List.of("metric " + metric, "metric loss");
        }
        String bounded = gate.substring(0, colon);
        boolean above = Boolean.TRUE.equals(BOUNDED.get(bounded));
        return List.of("metric %s, %s: %s".formatted(bounded, above ? "above" : "below", gate.substring(colon + 1)));
    }
}
