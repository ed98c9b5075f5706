package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingLedger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a job: while it trains, its newest event; at the end, the CSV file of its result, or else its events.
 * A service may leave steps out.
 */
record JobMetrics(EndpointClient client, ServiceJob job, String program, int epochs) {
    private static final int MOST_BYTES = 64 << 20;
    private static final int MOST_STEPS = 1_000_000;
    private static final String STEP = "step";

    /**
     * The newest step.
     *
     * @param total 0 = not known
     */
    record Latest(int step, int total, @Nullable Double loss) {
        static final Latest NONE = new Latest(0, 0, null);
    }

    /** The metrics of one step. */
    private record Step(@Nullable Double loss, @Nullable Double validation) {}

    /** The newest step that the service reports. What it does not tell is no reason to fail. */
    Latest latest() {
        try {
            for (JsonNode event : client.get("fine_tuning/jobs/%s/events?limit=50".formatted(job.id()))
                    .path("data")) {
                JsonNode data = event.path("data");
                int step = step(data.path(STEP));
                if (step > 0) {
                    return new Latest(step, step(data.path("total_steps")), number(data.path("train_loss")));
                }
            }
            return Latest.NONE;
        } catch (Failure unknown) {
            return Latest.NONE;
        }
    }

    /**
     * The steps of a job that is over.
     *
     * @throws Failure when the service is away; a later attempt gets them
     */
    TrainingLedger ledger() throws Failure {
        SortedMap<Integer, Step> steps = new TreeMap<>();
        for (String file : job.resultFiles()) {
            try {
                csv(
                        new String(
                                client.content("files/%s/content".formatted(file), MOST_BYTES), StandardCharsets.UTF_8),
                        steps);
            } catch (Failure e) {
                if (e.away() || e.denied()) {
                    throw e;
                }
            }
        }
        if (steps.isEmpty()) {
            events(steps);
        }
        TrainingLedger ledger = new TrainingLedger();
        int last = steps.isEmpty() ? 0 : steps.lastKey();
        for (int step = 1; step <= last; step++) {
            Step known = steps.get(step);
            int epoch = (int) ((long) (step - 1) * epochs / last);
            ledger.add(
                    known == null || known.loss() == null
                            ? LedgerLine.unreported(step - 1, epoch, program)
                            : LedgerLine.outside(step - 1, epoch, program, known.loss(), null, null, 0));
            if (known != null && known.validation() != null) {
                ledger.validated(known.validation());
            }
        }
        return ledger;
    }

    private void events(SortedMap<Integer, Step> steps) throws Failure {
        try {
            new Pages(client, "fine_tuning/jobs/%s/events?limit=100".formatted(job.id())).forEach(event -> {
                JsonNode data = event.path("data");
                int step = step(data.path(STEP));
                if (step > 0) {
                    Double whole = number(data.path("full_valid_loss"));
                    Double validation = whole == null ? number(data.path("valid_loss")) : whole;
                    steps.putIfAbsent(step, new Step(number(data.path("train_loss")), validation));
                }
                return true;
            });
        } catch (Failure e) {
            if (e.away() || e.denied()) {
                throw e;
            }
        }
    }

    /** Reads a file with a header, such as {@code step,train_loss,train_accuracy,valid_loss}. */
    private static void csv(String content, SortedMap<Integer, Step> steps) {
        String text = content.startsWith(STEP) ? content : decoded(content);
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.get(0).startsWith(STEP)) {
            return;
        }
        Map<String, Integer> columns = new HashMap<>();
        String[] names = lines.get(0).split(",", -1);
        for (int column = 0; column < names.length; column++) {
            columns.put(names[column].strip(), column);
        }
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split(",", -1);
            Double step = number(values, columns.get(STEP));
            if (step != null && step >= 1 && step <= MOST_STEPS && step == Math.rint(step)) {
                Double whole = number(values, columns.get("full_valid_loss"));
                Double validation = whole == null ? number(values, columns.get("valid_loss")) : whole;
                steps.put(step.intValue(), new Step(number(values, columns.get("train_loss")), validation));
            }
        }
    }

    /** OpenAI encodes the file again. */
    private static String decoded(String content) {
        try {
            return new String(Base64.getMimeDecoder().decode(content), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return "";
        }
    }

    private static @Nullable Double number(String[] values, @Nullable Integer column) {
        if (column == null || column >= values.length || values[column].isBlank()) {
            return null;
        }
        try {
            double value = Double.parseDouble(values[column].strip());
            return Double.isFinite(value) && value >= 0 ? (Double) value : null; // some services write -1 for none
        } catch (NumberFormatException notOne) {
            return null;
        }
    }

    private static @Nullable Double number(JsonNode json) {
        return json.isNumber() && Double.isFinite(json.asDouble()) ? (Double) json.asDouble() : null;
    }

    private static int step(JsonNode json) {
        return json.isIntegralNumber() && json.canConvertToInt() && json.asInt() > 0 && json.asInt() <= MOST_STEPS
                ? json.asInt()
                : 0;
    }
}
