package com.example.words;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.BackEndExtension;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingEnd;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Hands a training to another system, through a folder that both can read. In the folder of the run, Septet writes {@code
 * train.jsonl}, the folder {@code model} and, last, {@code request.properties}. The other system writes into {@code
 * result}: a LoRA adapter, {@code losses.txt} with the loss of each step on a line, and, last, {@code done}. The operator
 * chooses the folder: {@code trainings} in {@code own-words.properties} beside the jar.
 */
public final class Handover implements BackEndExtension {
    private static final List<String> ADAPTER = List.of("adapter_config.json", "adapter_model.safetensors");
    private static final Duration PAUSE = Duration.ofSeconds(30);

    @Override
    public ExtensionWord word() {
        return ExtensionWord.backEnd(
                "handover",
                "Hands the training to another system, through a folder of the operator.",
                WordOption.text("to", "Who trains: lower-case letters, digits and -.", null));
    }

    @Override
    public BackEnd backEnd(ExtensionSpec used) {
        return new Mailbox(used.text("to"));
    }

    /** A file of the other system's result. A link could hand back any file that this worker can read. */
    static Path plain(Path result, String name) {
        Path file = result.resolve(name);
        if (!Files.isDirectory(result, LinkOption.NOFOLLOW_LINKS)
                || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new StageProblem(
                    FailureType.BACKEND_FAILED, "handover: result/%s is missing, or is a link".formatted(name));
        }
        return file;
    }

    /** A training of one run; what it must remember is in the folder, so any worker can follow it. */
    private record Mailbox(String to) implements BackEnd {
        @Override
        public String fingerprint() {
            return "handover to " + to;
        }

        @Override
        public void check(TrainSpec train) {
            if (!to.matches("[a-z0-9][a-z0-9-]{0,63}")) {
                throw StageProblem.invalid(
                        "handover: to: has lower-case letters, digits and '-', got '%s'".formatted(to));
            }
            if (!(train.method() instanceof LoraSpec)) {
                throw StageProblem.invalid("handover: the other system trains LoRA only; write `method lora()`");
            }
        }

        @Override
        public WorkerResources resources() {
            return WorkerResources.NONE;
        }

        @Override
        public Result train(TrainRequest request, TrainingContext context, Path export) throws IOException {
            check(request.spec());
            Path folder = folder(request);
            Path written = folder.resolve("request.properties");
            if (Files.notExists(written)) {
                Files.createDirectories(folder);
                copy(context.store().fetch(request.dataset().artifact()), "train.jsonl", folder);
                try (Stream<Path> model =
                        Files.list(context.store().fetch(request.model().artifact()))) {
                    for (Path file : model.filter(Files::isRegularFile).toList()) {
                        copy(file.getParent(), file.getFileName().toString(), folder.resolve("model"));
                    }
                }
                LoraSpec lora = (LoraSpec) request.chosenMethod();
                Path unfinished = folder.resolve("request.properties.new");
                Files.writeString(
                        unfinished,
                        "steps=%d\nrank=%d\nmodules=%s\n"
                                .formatted(steps(request), lora.rank(), String.join(",", lora.targets())));
                Files.move(unfinished, written, StandardCopyOption.ATOMIC_MOVE);
            }
            TrainingLedger ledger = new TrainingLedger();
            if (Files.notExists(folder.resolve("result/done"))) {
                return Result.waiting(0, PAUSE, Progress.of("waiting for " + to, 0, 0, ""), ledger);
            }
            Path result = folder.resolve("result");
            for (String loss : Files.readAllLines(plain(result, "losses.txt"))) {
                int step = ledger.lines().size();
                ledger.add(LedgerLine.outside(step, 0, "handover " + to, finite(loss), null, null, 0));
            }
            for (String file : ADAPTER) {
                Files.copy(plain(result, file), export.resolve(file));
            }
            int steps = ledger.lines().size();
            return Result.ended(steps, TrainingEnd.of(ledger, steps, null, "all steps done"), ledger);
        }

        /** Tells the other system that nobody waits for the result any more. */
        @Override
        public void end(TrainRequest request, TrainingContext context) throws IOException {
            Path folder = folder(request);
            if (Files.exists(folder)) {
                Files.writeString(folder.resolve("cancelled"), "");
            }
        }

        @Override
        public void clear(TrainRequest request, TrainingContext context) throws IOException {
            Path folder = folder(request);
            if (Files.notExists(folder)) {
                return;
            }
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }

        private Path folder(TrainRequest request) throws IOException {
            return OperatorFolder.of("trainings", "handover")
                    .resolve(to)
                    .resolve(request.run().runId());
        }

        private static void copy(Path from, String name, Path to) throws IOException {
            Files.createDirectories(to);
            Path copy = to.resolve(name);
            Files.deleteIfExists(copy); // of an attempt that was killed
            Files.copy(from.resolve(name), copy);
        }

        private static int steps(TrainRequest request) {
            return new EnginePlan(request.spec(), request.initialize(), request.setup())
                    .steps(EnginePlan.epoch(request.dataset()));
        }

        private static double finite(String loss) {
            try {
                double number = Double.parseDouble(loss);
                if (Double.isFinite(number)) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                // told below
            }
            throw new StageProblem(
                    FailureType.BACKEND_FAILED, "handover: losses.txt has a line that is no finite number");
        }
    }
}
