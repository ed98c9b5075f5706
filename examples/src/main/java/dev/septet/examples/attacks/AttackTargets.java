package dev.septet.examples.attacks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** All kinds of untrusted files and requests. */
final class AttackTargets {
    /** The names of the kinds, in the order of the table. */
    static final List<String> NAMES = List.of(
            "pipeline",
            "dataset",
            "files",
            "tokenizer",
            "config",
            "template",
            "gguf",
            "safetensors",
            "adapter",
            "requests",
            "tickets",
            "keys");

    private AttackTargets() {}

    /**
     * Opens a kind.
     *
     * @param corpus valid files to mutate
     * @param scratch scratch folder of this kind
     * @param name one of {@link #NAMES}, or the name of a class on the class path
     * @throws IllegalArgumentException when there is no such kind
     */
    static AttackTarget open(String name, SeedCorpus corpus, Path scratch) throws IOException, InterruptedException {
        ModelTargets models = new ModelTargets(corpus);
        return switch (name) {
            case "pipeline" -> new PipelineTarget(corpus);
            case "dataset" -> new DatasetTarget(corpus);
            case "files" -> new FilesTarget(corpus, scratch.resolve("good"));
            case "tokenizer" -> models.tokenizer();
            case "config" -> models.config();
            case "template" -> models.template();
            case "gguf" -> models.gguf(scratch.resolve("good"));
            case "safetensors" -> models.safetensors();
            case "adapter" -> models.adapter();
            case "requests" -> new RequestTarget(corpus);
            case "tickets" -> new TicketTarget(scratch.resolve("signers"));
            case "keys" -> new KeyTarget();
            default -> own(name);
        };
    }

    /** A user-defined kind, by its class name. */
    private static AttackTarget own(String name) {
        try {
            return Class.forName(name)
                    .asSubclass(AttackTarget.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | ClassCastException none) {
            throw new IllegalArgumentException(
                    "there is no kind '%s'; known are %s".formatted(name, String.join(", ", NAMES)), none);
        }
    }
}
