package dev.septet.activities.train.bedrock;

import dev.septet.activities.store.bucket.S3Exchange;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingLedger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The metrics that Bedrock writes beside a job's output: {@code step_wise_training_metrics.csv} and the validation
 * metrics. Rows of a table may be missing.
 *
 * @param program name of what trained, for the ledger
 * @param epochs of the job, for rows that name none
 */
record BedrockMetrics(S3Exchange bucket, String program, int epochs) {
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_STEPS = 1_000_000;
    private static final int MOST_FILES = 16;

    /** The metrics of one step. */
    private record Step(
            @Nullable Integer epoch,
            @Nullable Double loss,
            @Nullable Double validation) {}

    /**
     * The steps of a job that is over.
     *
     * @param output key of the job's output
     * @param scratch folder for downloads
     */
    TrainingLedger ledger(String output, Path scratch) throws IOException {
        SortedMap<Integer, Step> steps = new TreeMap<>();
        int files = 0;
        for (S3Exchange.Item item : bucket.list(output)) {
            String file = item.name().substring(item.name().lastIndexOf('/') + 1);
            boolean metrics = file.equals("step_wise_training_metrics.csv") || file.equals("validation_metrics.csv");
            if (!metrics || item.size() > MOST_BYTES || files++ >= MOST_FILES) {
                continue;
            }
            Path target = scratch.resolve("metrics.csv");
            if (bucket.get(item, target)) {
                table(new String(Files.readAllBytes(target), StandardCharsets.UTF_8), steps);
            }
        }
        TrainingLedger ledger = new TrainingLedger();
        int last = steps.isEmpty() ? 0 : steps.lastKey();
        for (int step = 1; step <= last; step++) {
            Step known = steps.get(step);
            Integer named = known == null ? null : known.epoch();
            int epoch = named == null ? (int) ((long) (step - 1) * epochs / last) : named;
            Double loss = known == null ? null : known.loss();
            ledger.add(
                    loss == null
                            ? LedgerLine.unreported(step - 1, epoch, program)
                            : LedgerLine.outside(step - 1, epoch, program, loss, null, null, 0));
            if (known != null && known.validation() != null) {
                ledger.validated(known.validation());
            }
        }
        return ledger;
    }

    /** Reads a table with a header, such as {@code step_number,epoch_number,training_loss,perplexity}. */
    private static void table(String text, SortedMap<Integer, Step> steps) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty()) {
            return;
        }
        Map<String, Integer> columns = new HashMap<>();
        String[] names = lines.get(0).split(",", -1);
        for (int column = 0; column < names.length; column++) {
            columns.put(names[column].strip(), column);
        }
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split(",", -1);
            Integer step = whole(number(values, columns.get("step_number")), 1);
            if (step != null) {
                Step before = steps.getOrDefault(step, new Step(null, null, null));
                Integer epoch = whole(number(values, columns.get("epoch_number")), 0);
                Double loss = number(values, columns.get("training_loss"));
                Double validation = number(values, columns.get("validation_loss"));
                steps.put(
                        step,
                        new Step(
                                epoch == null ? before.epoch() : epoch,
                                loss == null ? before.loss() : loss,
                                validation == null ? before.validation() : validation));
            }
        }
    }

    private static @Nullable Integer whole(@Nullable Double number, int least) {
        return number != null && number >= least && number <= MOST_STEPS && number == Math.rint(number)
                ? (Integer) number.intValue()
                : null;
    }

    private static @Nullable Double number(String[] values, @Nullable Integer column) {
        if (column == null || column >= values.length || values[column].isBlank()) {
            return null;
        }
        try {
            double value = Double.parseDouble(values[column].strip());
            return Double.isFinite(value) && value >= 0 ? (Double) value : null;
        } catch (NumberFormatException notOne) {
            return null;
        }
    }
}
