package dev.septet.activities.deploy.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.generate.ExampleScore;
import dev.septet.llm.generate.Scorer;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.TokenSequence;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the evaluation measured: the model's digests, and its loss row by row. The gate passed
 * exactly this model.
 *
 * @param base sha256 of the base model's artifact, empty when the evaluation names none
 * @param trained sha256 of the adapter's or the trained model's artifact
 * @param bfloat16 whether the losses were computed in bfloat16
 * @param losses losses of some rows, evenly spaced
 */
record EvaluatedModel(Optional<String> base, Optional<String> trained, boolean bfloat16, List<RowLoss> losses) {
    private static final int ROWS = 8;
    private static final int TOKENS_AT_ONCE = 4096;

    /**
     * An example of the test split, and -log p of its answer, summed over the tokens, in nats. Of a
     * preference pair it is that of the chosen answer.
     */
    record RowLoss(int example, double loss, int tokens) {}

    static EvaluatedModel of(Path evaluation) throws IOException {
        JsonNode results = json(evaluation.resolve("results.json"));
        JsonNode lineage = results.path("lineage");
        String trained =
                lineage.path("adapter").asText(lineage.path("trained model").asText(""));
        return new EvaluatedModel(
                text(lineage.path("base model").asText("")),
                text(trained),
                results.path("settings").path("precision").asText().equals("BF16"),
                losses(evaluation.resolve("predictions.jsonl")));
    }

    private static List<RowLoss> losses(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        List<RowLoss> all = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode row = SpecJson.mapper().readTree(line);
            JsonNode after = row.path("after");
            double loss = after.path("loss").asDouble(Double.NaN);
            if (Double.isFinite(loss) && after.path("tokens").asInt() > 0) {
                all.add(new RowLoss(
                        row.path("row").asInt(), loss, after.path("tokens").asInt()));
            }
        }
        List<RowLoss> sample = new ArrayList<>();
        int count = Math.min(ROWS, all.size());
        for (int i = 0; i < count; i++) {
            sample.add(all.get((int) ((long) i * all.size() / count)));
        }
        return sample;
    }

    /**
     * Largest difference between a row's loss now and in the evaluation, in nats per token.
     *
     * @param dataset folder of the prepared dataset
     */
    double drift(LanguageModel model, Path dataset) {
        TokenDataset rows = TokenDataset.open(dataset.resolve("test.safetensors"));
        List<TokenSequence> examples = new ArrayList<>();
        for (RowLoss known : losses) {
            examples.add(rows.answered(known.example()).sequence());
        }
        List<ExampleScore> now = new Scorer(model, TOKENS_AT_ONCE).score(examples);
        double worst = 0;
        for (int at = 0; at < losses.size(); at++) {
            RowLoss recorded = losses.get(at);
            double drift = Math.abs(now.get(at).loss() - recorded.loss()) / recorded.tokens();
            worst = drift <= worst ? worst : drift;
        }
        return worst;
    }

    private static Optional<String> text(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static JsonNode json(Path file) throws IOException {
        if (!Files.exists(file)) {
            return SpecJson.mapper().createObjectNode();
        }
        try {
            return SpecJson.mapper().readTree(file.toFile());
        } catch (JsonProcessingException damaged) {
            throw new IOException(file + " is not JSON: " + damaged.getOriginalMessage(), damaged);
        }
    }
}
