package dev.septet.examples.attacks;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.template.jinja.TemplateProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

/**
 * A hostile file of a model, placed in a folder with valid files.
 *
 * @param name name of the kind
 * @param entry the entry that opens the file
 * @param good folder of the valid files beside it
 * @param inputs creates hostile files
 * @param opening opens the folder
 */
record ModelTarget(String name, String entry, Path good, Function<Mutator, Input> inputs, Opening opening)
        implements AttackTarget {
    /** Opens a folder with the hostile file, and uses the folder as a run would. */
    @FunctionalInterface
    interface Opening {
        void open(Path model, Input input) throws Exception;
    }

    /** Allows for the child process, which alone may take two minutes on a busy machine. */
    @Override
    public Duration bound() {
        return Duration.ofSeconds(150);
    }

    @Override
    public boolean sandboxed() {
        return true;
    }

    @Override
    public Input input(Mutator mutator) {
        return inputs.apply(mutator);
    }

    @Override
    public boolean open(Input input, Path folder) throws Exception {
        Path model = folder.resolve("model");
        SeedCorpus.copy(good, model);
        Files.write(model.resolve(input.name()), input.bytes());
        try {
            opening.open(model, input);
            return true;
        } catch (FormatProblem | TemplateProblem refused) {
            return false;
        }
    }
}
