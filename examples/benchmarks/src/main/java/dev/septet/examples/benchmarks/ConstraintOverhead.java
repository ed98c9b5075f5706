package dev.septet.examples.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.constraint.JsonConstraints;
import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much longer a token takes where the answer must match a schema. It prints two ratios of times
 * per token, constrained to free: with a new constraint, whose masks are computed, and with one whose
 * masks are known.
 */
public final class ConstraintOverhead {
    private static final int TOKENS = 48;
    private static final int ROUNDS = 3;
    private static final String SCHEMA = "{\"type\":\"array\",\"minItems\":50,\"items\":{\"type\":\"object\","
            + "\"properties\":{\"kind\":{\"enum\":[\"billing\",\"delivery\",\"account\"]},"
            + "\"text\":{\"type\":\"string\",\"maxLength\":40},\"score\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1}},"
            + "\"required\":[\"kind\",\"text\",\"score\"],\"additionalProperties\":false}}";

    private ConstraintOverhead() {}

    /**
     * @param arguments a model folder
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        try (Tokenizer tokenizer = Tokenizer.open(folder);
                LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty())) {
            Generator generator = new Generator(model, tokenizer, 1);
            JsonConstraints constraints = new JsonConstraints(tokenizer);
            int[] prompt = tokenizer.encode("A list of tickets as JSON:", true);
            TokenConstraint known = constraints.schema(new JsonMapper().readTree(SCHEMA), "");
            double unused = perToken(generator, prompt, null) + perToken(generator, prompt, known);
            List<Double> fresh = new ArrayList<>();
            List<Double> reused = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                double free = perToken(generator, prompt, null);
                fresh.add(
                        perToken(generator, prompt, constraints.schema(new JsonMapper().readTree(SCHEMA), "")) / free);
                reused.add(perToken(generator, prompt, known) / free);
            }
            System.out.printf(
                    "vocabulary %,d: time per token, constrained to free: %.2f with new masks, %.2f with known masks%n",
                    tokenizer.vocabularySize(), Median.of(fresh), Median.of(reused));
        }
    }

    private static double perToken(Generator generator, int[] prompt, @Nullable TokenConstraint constraint) {
        // Sampled, so that the free answers need all logits too.
        GenerationOptions options = new GenerationOptions(
                TOKENS, new Sampling(1, 0.9, 1), Set.of(), List.of(), constraint, -1, false, Set.of());
        long started = System.nanoTime();
        Generated answer = generator.generate(List.of(prompt), options).get(0);
        return (System.nanoTime() - started) / 1e9 / answer.ids().length;
    }
}
