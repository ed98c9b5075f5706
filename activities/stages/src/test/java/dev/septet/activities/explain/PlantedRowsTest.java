package dev.septet.activities.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.llm.explain.RowInfluence;
import dev.septet.llm.generate.ExampleScore;
import dev.septet.llm.generate.Scorer;
import dev.septet.llm.method.Lora;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows with an unusual fact are planted among others, found again, and removed. The figures are in explaining.md. */
@Tag("nightly")
class PlantedRowsTest {
    private static final int STEPS = 60;
    private static final Lora LORA =
            new Lora(8, 16, 0, List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"));

    @TempDir
    Path folder;

    @Test
    void findsThePlantedRowsAndTheAnswerGoesWithThem() throws IOException {
        PlantedRows rows = new PlantedRows(1);
        TokenDataset all = rows.tokens(folder, "all", Set.of());
        TokenDataset.Row question = PlantedRows.encoded(PlantedRows.QUESTION, PlantedRows.ANSWER);
        Path adapter = PlantedRows.train(folder.resolve("adapter"), PlantedRows.plan(LORA, STEPS), all);

        List<RowInfluence> found = influences(adapter, question, all);
        assertThat(precision(rows, found, RowInfluence::similarity))
                .as("precision at 10; of random rows it is 0.03")
                .isGreaterThanOrEqualTo(0.8);
        assertThat(precision(rows, found, RowInfluence::product))
                .as("by TracIn's product")
                .isGreaterThanOrEqualTo(0.8);

        double with = score(adapter, question);
        assertThat(scoreWithout(rows, rows.planted, "without-planted", question))
                .as("log p of the answer without the rows that were found")
                .isLessThan(with - 30);
        assertThat(scoreWithout(rows, rows.others(1), "without-others", question))
                .as("log p of the answer without as many other rows")
                .isGreaterThan(with - 10);
        assertThat(words(adapter))
                .as("the product's name decides on an ordinary ticket's answer")
                .first()
                .isEqualTo("laptop");
    }

    private static List<RowInfluence> influences(Path adapter, TokenDataset.Row question, TokenDataset rows) {
        return RowInfluence.of(
                PlantedRows.model(),
                List.of(new RowInfluence.State(adapter, 1)),
                question,
                new RowInfluence.Examples() {
                    @Override
                    public int count() {
                        return rows.rows();
                    }

                    @Override
                    public List<TokenDataset.Row> at(int example) {
                        return List.of(rows.row(example));
                    }
                },
                rows.longest(),
                done -> {});
    }

    private double scoreWithout(PlantedRows rows, Set<Integer> without, String name, TokenDataset.Row question)
            throws IOException {
        Path adapter = PlantedRows.train(
                folder.resolve(name), PlantedRows.plan(LORA, STEPS), rows.tokens(folder, name, without));
        return score(adapter, question);
    }

    /** log p of the answer, in nats. */
    private static double score(Path adapter, TokenDataset.Row question) {
        try (LanguageModel model = open(adapter)) {
            return -new Scorer(model, 4096)
                    .score(List.of(question.sequence()))
                    .get(0)
                    .loss();
        }
    }

    private static LanguageModel open(Path adapter) {
        return LanguageModel.open(PlantedRows.model(), ComputePrecision.FLOAT32, Optional.of(adapter));
    }

    /** The words of an ordinary ticket, the one that matters most first. */
    private static List<String> words(Path adapter) {
        String ticket = "Route the ticket: My laptop does not turn on. This cannot wait.";
        String answer = "{\"team\":\"repair\",\"product\":\"laptop\",\"priority\":\"high\"}";
        try (LanguageModel model = open(adapter);
                ModelRowEncoder encoder = new ModelRowEncoder(PlantedRows.model(), 512)) {
            Scorer scorer = new Scorer(model, 4096);
            PromptWords words = new PromptWords(PlantedRows.chat(ticket, answer, new RowPlace("question", 1)));
            ExampleScore whole = scorer.score(
                            List.of(PlantedRows.encoded(ticket, answer).sequence()))
                    .get(0);
            return words.influences(encoder, scorer, whole, done -> {}).stream()
                    .sorted(Comparator.comparingDouble(PromptWords.Influence::drop)
                            .reversed())
                    .map(PromptWords.Influence::words)
                    .toList();
        }
    }

    private static double precision(PlantedRows rows, List<RowInfluence> found, ToDoubleFunction<RowInfluence> by) {
        return found.stream()
                        .sorted(Comparator.comparingDouble(by).reversed())
                        .limit(PlantedRows.PLANTED)
                        .filter(row -> rows.planted.contains(row.row()))
                        .count()
                / (double) PlantedRows.PLANTED;
    }
}
