package dev.septet.activities.train;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.train.ObjectiveValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Every step of a training, once each and in order. It is kept inside each checkpoint, so that the
 * steps it tells of are those that the parameters saw, however often the run was killed.
 */
public final class TrainingLedger {
    /** Name of its file. */
    public static final String FILE = "ledger.jsonl";

    private final List<LedgerLine> lines = new ArrayList<>();

    TrainingLedger() {}

    /** Reads a ledger. */
    public static TrainingLedger read(Path file) throws IOException {
        TrainingLedger ledger = new TrainingLedger();
        for (String line : Files.readAllLines(file)) {
            ledger.add(SpecJson.mapper().readValue(line, LedgerLine.class));
        }
        return ledger;
    }

    /** Steps so far. */
    public List<LedgerLine> lines() {
        return List.copyOf(lines);
    }

    /** As it is now, whatever follows. */
    TrainingLedger copy() {
        TrainingLedger copy = new TrainingLedger();
        copy.lines.addAll(lines);
        return copy;
    }

    void add(LedgerLine line) {
        if (line.step() != lines.size()) {
            throw new IllegalStateException("step %d follows step %d".formatted(line.step(), lines.size() - 1));
        }
        lines.add(line);
    }

    /** Whether the validation split was looked at after the last step. */
    boolean looked() {
        return !lines.isEmpty() && lines.get(lines.size() - 1).validationLoss() != null;
    }

    void validated(ObjectiveValue measured) {
        int last = lines.size() - 1;
        lines.set(last, lines.get(last).validated(measured));
    }

    void writeTo(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        for (LedgerLine line : lines) {
            text.append(SpecJson.mapper().writeValueAsString(line)).append('\n');
        }
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }
}
