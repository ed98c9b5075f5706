package dev.septet.activities.train.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code metrics.jsonl} while a trainer appends to it, and makes the training's ledger of it. */
final class TrainerMetrics {
    private static final int LONGEST_LINE = 64 << 10;
    private static final Set<String> FIELDS =
            Set.of("step", "epoch", "loss", "learningRate", "gradientNorm", "tokens", "validationLoss");

    private final Path file;
    private final String trainer;
    private final int steps;
    private final TrainingLedger ledger = new TrainingLedger();
    private final StringBuilder lines = new StringBuilder();
    private long position;
    private int line;
    private @Nullable Double validationLoss;

    /**
     * @param trainer name for messages and the ledger
     * @param steps number of steps of the whole training
     */
    TrainerMetrics(Path file, String trainer, int steps) {
        this.file = file;
        this.trainer = trainer;
        this.steps = steps;
    }

    TrainingLedger ledger() {
        return ledger;
    }

    /** Number of steps so far. */
    int done() {
        return ledger.lines().size();
    }

    @Nullable
    Double lastLoss() {
        return done() == 0 ? null : ledger.lines().get(done() - 1).loss();
    }

    /** The last validation loss, null before the first. */
    @Nullable
    Double validationLoss() {
        return validationLoss;
    }

    /** Tokens of all steps, as far as the trainer says. */
    long tokens() {
        return ledger.lines().stream().mapToLong(LedgerLine::tokens).sum();
    }

    /** The lines of the steps up to one, for a checkpoint of that step. */
    String upTo(int step) throws IOException {
        StringBuilder kept = new StringBuilder();
        for (String one : lines.toString().lines().toList()) {
            if (SpecJson.mapper().readTree(one).path("step").asInt() <= step) {
                kept.append(one).append('\n');
            }
        }
        return kept.toString();
    }

    /**
     * Reads the complete lines that were added.
     *
     * @return whether there were any
     * @throws StageProblem BACKEND_FAILED naming the line that breaks the contract
     */
    boolean read() throws IOException {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw broken("is not a plain file");
        }
        boolean news = false;
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            while (in.length() > position) {
                byte[] bytes = new byte[(int) Math.min(1 << 20, in.length() - position)];
                in.seek(position);
                in.readFully(bytes);
                int end = bytes.length;
                while (end > 0 && bytes[end - 1] != '\n') {
                    end--;
                }
                if (end == 0) {
                    if (bytes.length > LONGEST_LINE) {
                        throw broken("is longer than 64 KB");
                    }
                    return news;
                }
                position += end;
                for (String one : new String(bytes, 0, end, StandardCharsets.UTF_8).split("\n", 0)) {
                    line++;
                    add(one);
                    news = true;
                }
            }
        }
        return news;
    }

    private void add(String text) {
        JsonNode json;
        try {
            json = SpecJson.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw broken("is not JSON, which has no NaN and no Infinity");
        }
        if (!json.isObject() || !json.path("step").isInt()) {
            throw broken("needs \"step\", a whole number");
        }
        json.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                throw broken(String.format(
                        Locale.ROOT,
                        "has an unknown field of %d characters; the fields are %s",
                        name.length(),
                        String.join(", ", FIELDS.stream().sorted().toList())));
            }
        });
        int step = json.path("step").asInt();
        if (json.has("validationLoss")) {
            validated(step, number(json, "validationLoss"));
        } else {
            step(step, json);
        }
        lines.append(json).append('\n');
    }

    private void validated(int step, double loss) {
        if (step != done() || step == 0) {
            throw broken(String.format(
                    Locale.ROOT, "has the validation loss of step %d, but step %d was the last", step, done()));
        }
        ledger.validated(loss);
        validationLoss = loss;
    }

    private void step(int step, JsonNode json) {
        if (step != done() + 1) {
            throw broken(String.format(
                    Locale.ROOT,
                    "has step %d, but step %d comes next; every step needs one line, in order",
                    step,
                    done() + 1));
        }
        if (step > steps) {
            throw broken(String.format(Locale.ROOT, "has step %d, but the training has %d steps", step, steps));
        }
        ledger.add(LedgerLine.outside(
                step - 1,
                json.path("epoch").isNumber() ? (int) json.path("epoch").asDouble() : 0,
                "command " + trainer,
                number(json, "loss"),
                json.has("learningRate") ? (Double) number(json, "learningRate") : null,
                json.has("gradientNorm") ? (Double) number(json, "gradientNorm") : null,
                Math.max(0, json.path("tokens").asLong(0))));
    }

    private double number(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (!value.isNumber()) {
            throw broken("needs \"%s\", a finite number; null means that it was not finite".formatted(name));
        }
        if (!Double.isFinite(value.asDouble())) {
            throw broken("\"%s\" is not finite".formatted(name));
        }
        return value.asDouble();
    }

    private StageProblem broken(String what) {
        return new StageProblem(
                FailureType.BACKEND_FAILED,
                String.format(
                        Locale.ROOT,
                        "train: trainer %s broke the contract: %s:%d %s; see the page trainers.md",
                        trainer,
                        TrainerFolder.METRICS,
                        Math.max(1, line),
                        what));
    }
}
