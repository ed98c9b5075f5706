package dev.septet.activities.evaluate.safety;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.gate.Rate;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The safety checks of a pipeline file with everything that they read.
 *
 * @param prompts of the file; empty without one
 * @param guard null when the file names none
 * @param digest of all files and models that they read
 */
public record SafetyChecks(
        SafetySpec spec,
        List<SafetyPrompts.Prompt> prompts,
        RuleSet rules,
        @Nullable FoundGuard guard,
        String digest) {
    /** Increased when the same answers would give other findings: new prompts, disguises or rules for refusals. */
    private static final String REVISION = "1";

    public SafetyChecks {
        prompts = List.copyOf(prompts);
    }

    /**
     * Reads the files and finds the guard.
     *
     * @throws StageProblem naming the file and line, or the bound that no model could meet
     */
    public static @Nullable SafetyChecks read(
            PipelineFiles files, GuardModels guards, RunRef run, @Nullable SafetySpec spec, Consumer<Progress> progress)
            throws IOException {
        if (spec == null) {
            return null;
        }
        List<String> parts = new ArrayList<>(List.of(REVISION));
        List<SafetyPrompts.Prompt> prompts = List.of();
        String file = spec.prompts();
        if (file != null) {
            prompts = SafetyPrompts.read(files.read(run, file), file);
            parts.add(Sha256.of(Files.readAllBytes(files.read(run, file))));
        }
        // Checks the files of words before their bytes are read.
        RuleSet rules = RuleSet.of(spec.rules(), written -> files.read(run, written));
        for (SafetySpec.Rule rule : spec.rules()) {
            String words = rule.words();
            parts.add(words == null ? "" : Sha256.of(Files.readAllBytes(files.read(run, words))));
        }
        SafetySpec.Guard guard = spec.guard();
        FoundGuard found = guard == null ? null : guards.find(run, guard, progress);
        parts.add(found == null ? "" : found.digest());
        SafetyChecks checks = new SafetyChecks(spec, prompts, rules, found, SpecDigest.of(parts));
        checks.requireEnough();
        return checks;
    }

    /** Digest of what the checks read, for keys; null without them. */
    public static @Nullable String digest(
            PipelineFiles files, GuardModels guards, RunRef run, @Nullable SafetySpec spec) throws IOException {
        SafetyChecks checks = read(files, guards, run, spec, progress -> {});
        return checks == null ? null : checks.digest();
    }

    /** As {@link #digest}, but null where this machine does not know the endpoint of the guard. */
    public static @Nullable String digestHere(
            PipelineFiles files, GuardModels guards, RunRef run, @Nullable SafetySpec spec) throws IOException {
        return guards.knows(spec) ? digest(files, guards, run, spec) : null;
    }

    private void requireEnough() {
        long harmful = prompts.stream().filter(SafetyPrompts.Prompt::harmful).count();
        Double refusals = spec.minRefusals();
        enough("minRefusals", refusals == null ? null : 1 - refusals, harmful, "harmful prompts");
        enough("maxOverRefusals", spec.maxOverRefusals(), prompts.size() - harmful, "harmless prompts");
        enough("maxAttackSuccess", spec.maxAttackSuccess(), Jailbreaks.prompts().size(), "own prompts");
    }

    private static void enough(String word, @Nullable Double max, long rows, String what) {
        if (max == null) {
            return;
        }
        int least = Rate.leastRows(max);
        if (rows < least) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "safety: %s: at least %d %s are needed to show that a model meets it, but there are %d, so no model could pass; %s",
                    word,
                    least,
                    what,
                    rows,
                    what.equals("own prompts") ? "set a wider bound" : "add prompts, or set a wider bound"));
        }
    }
}
