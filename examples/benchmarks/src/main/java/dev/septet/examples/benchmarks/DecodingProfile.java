package dev.septet.examples.benchmarks;

import dev.septet.examples.benchmarks.programs.StepProfile;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.DecodingInput;
import dev.septet.llm.model.program.KvCache;
import dev.septet.llm.model.program.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Profiles one decoding step of several answers, as a Markdown table. */
final class DecodingProfile {
    private static final int READ = 64;
    private static final int STEPS = 20;

    private DecodingProfile() {}

    /**
     * @param atOnce number of answers that are continued together, after 64 tokens each
     */
    static String table(Path folder, int atOnce) throws IOException {
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty())) {
            List<KvCache> sequences = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                sequences.add(model.newSequence());
            }
            step(model, sequences, READ);
            double min = Double.POSITIVE_INFINITY;
            for (int i = 0; i < STEPS; i++) {
                long began = System.nanoTime();
                step(model, sequences, 1);
                min = Math.min(min, (System.nanoTime() - began) / 1e6);
            }
            String profile = StepProfile.of(() -> step(model, sequences, 1)).table();
            sequences.forEach(KvCache::close);
            return String.format(
                    Locale.ROOT,
                    "%n### One step of %d at once, profiled (%.1f ms without, least of %d)%n%n%s",
                    atOnce,
                    min,
                    STEPS,
                    profile);
        }
    }

    private static void step(LanguageModel model, List<KvCache> sequences, int tokens) {
        int[] ids = new int[tokens];
        Arrays.fill(ids, 1);
        List<DecodingInput> feeds = sequences.stream()
                .map(sequence -> new DecodingInput(sequence, ids, 1, false, null))
                .toList();
        model.decode(feeds, model.config().vocabularySize());
    }
}
