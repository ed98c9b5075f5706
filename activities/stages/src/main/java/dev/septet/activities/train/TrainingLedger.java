package dev.septet.activities.train;

import dev.septet.activities.train.watch.Watchdog;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.train.ObjectiveValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Every step of a training, once each and in order. It is part of each checkpoint. So its steps are
 * exactly those that the parameters went through, however often the run was killed.
 */
public final class TrainingLedger {
    /** Name of the ledger file. */
    public static final String FILE = "ledger.jsonl";

    private final List<LedgerLine> lines = new ArrayList<>();

    /** A ledger without steps. */
    public TrainingLedger() {}

    /** Reads a ledger. */
    public static TrainingLedger read(Path file) throws IOException {
        TrainingLedger ledger = new TrainingLedger();
        for (String line : Files.readAllLines(file)) {
            ledger.add(SpecJson.mapper().readValue(line, LedgerLine.class));
        }
        return ledger;
    }

    /** The steps so far. */
    public List<LedgerLine> lines() {
        return List.copyOf(lines);
    }

    /** A copy of the present state. */
    TrainingLedger copy() {
        TrainingLedger copy = new TrainingLedger();
        copy.lines.addAll(lines);
        return copy;
    }

    /** Adds the next step. */
    public void add(LedgerLine line) {
        if (line.step() != lines.size()) {
            throw new IllegalStateException(
                    String.format(Locale.ROOT, "step %d follows step %d", line.step(), lines.size() - 1));
        }
        lines.add(line);
    }

    /** The last step. */
    LedgerLine last() {
        return lines.get(lines.size() - 1);
    }

    /** Whether there was a validation after the last step. */
    boolean endsWithValidation() {
        return !lines.isEmpty() && lines.get(lines.size() - 1).validationLoss() != null;
    }

    /** Adds the validation loss after the last step. */
    public void validated(double loss) {
        validated(new ObjectiveValue(loss, null));
    }

    void validated(ObjectiveValue measured) {
        int last = lines.size() - 1;
        lines.set(last, lines.get(last).validated(measured));
    }

    /**
     * The watchdog of a training after these steps.
     *
     * @param totalSteps steps of the whole training
     * @param spec the training's words
     */
    public Watchdog watchdog(int totalSteps, TrainSpec spec) {
        Watchdog watchdog =
                new Watchdog(totalSteps, spec.batch().size() * spec.batch().accumulate(), spec.onWarning());
        lines.forEach(line -> watchdog.replay(line.signals()));
        return watchdog;
    }

    /** Writes all steps as JSON lines. */
    public void writeTo(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        for (LedgerLine line : lines) {
            text.append(SpecJson.mapper().writeValueAsString(line)).append('\n');
        }
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }
}
