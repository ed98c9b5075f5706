package dev.septet.activities.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.explain.RowInfluence;
import dev.septet.llm.explain.TokenInfluence;
import dev.septet.llm.generate.Scorer;
import dev.septet.llm.method.Lora;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows with an unusual fact are planted among others, found again, and removed. */
class PlantedRowsTest {
    private static final int STEPS = 60;
    private static final Lora LORA =
            new Lora(8, 16, 0, List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"));

    @TempDir
    Path folder;

    @Test
    void findsThePlantedRowsAndTheirTokens() throws IOException {
        PlantedRows rows = new PlantedRows(1);
        TokenDataset all = rows.tokens(folder, "all", Set.of());
        TokenDataset.Row question = PlantedRows.encoded(PlantedRows.QUESTION, PlantedRows.ANSWER);
        long t0 = System.nanoTime();
        Path adapter = PlantedRows.train(folder.resolve("all"), PlantedRows.plan(LORA, STEPS), all);
        long t1 = System.nanoTime();
        List<RowInfluence> found = RowInfluence.of(
                PlantedRows.model(),
                List.of(new RowInfluence.State(adapter, 1)),
                question,
                examples(all),
                all.longest(),
                done -> {});
        long t2 = System.nanoTime();
        System.err.println("train " + (t1 - t0) / 1e9 + " influence " + (t2 - t1) / 1e9);
        System.err.println("cos " + precision(rows, found, RowInfluence::similarity) + " dot "
                + precision(rows, found, RowInfluence::product));
        found.stream()
                .sorted(Comparator.comparingDouble(RowInfluence::similarity).reversed())
                .limit(14)
                .forEach(System.err::println);
        try (LanguageModel model =
                        LanguageModel.open(PlantedRows.model(), ComputePrecision.FLOAT32, Optional.of(adapter));
                Tokenizer tokenizer = Tokenizer.open(PlantedRows.model())) {
            TokenInfluence.Result result =
                    TokenInfluence.of(model, question.sequence(), tokenizer::reserved, (d, n) -> {});
            System.err.println(result.logProbability());
            result.parts()
                    .forEach(p -> System.err.println(
                            tokenizer.decode(java.util.Arrays.copyOfRange(question.tokens(), p.from(), p.to()), false)
                                    + " " + p.drop()));
        }
        System.err.println("tokens " + (System.nanoTime() - t2) / 1e9);
        double with = score(adapter, question);
        double without = score(
                PlantedRows.train(
                        folder.resolve("w"), PlantedRows.plan(LORA, STEPS), rows.tokens(folder, "w", rows.planted)),
                question);
        double random = score(
                PlantedRows.train(
                        folder.resolve("r"), PlantedRows.plan(LORA, STEPS), rows.tokens(folder, "r", rows.others(1))),
                question);
        System.err.println("with " + with + " without planted " + without + " without random " + random);
        assertThat(precision(rows, found, RowInfluence::similarity)).isGreaterThanOrEqualTo(0.8);
    }

    static double score(Path adapter, TokenDataset.Row question) {
        try (LanguageModel model =
                LanguageModel.open(PlantedRows.model(), ComputePrecision.FLOAT32, Optional.of(adapter))) {
            return -new Scorer(model, 4096)
                    .score(List.of(question.sequence()))
                    .get(0)
                    .loss();
        }
    }

    static double precision(PlantedRows rows, List<RowInfluence> found, ToDoubleFunction<RowInfluence> by) {
        return found.stream()
                        .sorted(Comparator.comparingDouble(by).reversed())
                        .limit(10)
                        .filter(row -> rows.planted.contains(row.row()))
                        .count()
                / 10.0;
    }

    static RowInfluence.Examples examples(TokenDataset rows) {
        return new RowInfluence.Examples() {
            @Override
            public int count() {
                return rows.rows();
            }

            @Override
            public List<TokenDataset.Row> at(int example) {
                return List.of(rows.row(example));
            }
        };
    }
}
